"""`python -m bot.validate`: `rasa data validate --fail-on-warnings`, exit 1 on a warning."""

import logging

from bot.engine.preparation import prepare
from bot.train import _BOT, TRAINING_DATA


def main() -> None:
    prepare()
    logging.captureWarnings(False)  # here they are the result
    from rasa.cli.utils import validate_files
    from rasa.shared.importers.importer import TrainingDataImporter

    importer = TrainingDataImporter.load_from_config(
        config_path=str(_BOT / "config.yml"),
        domain_path=str(_BOT / "domain"),
        training_data_paths=[str(each) for each in TRAINING_DATA],
    )
    validate_files(fail_on_warnings=True, max_history=None, importer=importer)


if __name__ == "__main__":
    main()
