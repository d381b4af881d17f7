"""What a message says: matters, facts, crisis and personal data. Pure; see `pipeline.analyse`."""

from backend_api.understanding.analysis import Analysis, Region
from backend_api.understanding.masking import mask
from backend_api.understanding.pipeline import analyse, locate

__all__ = ["Analysis", "Region", "analyse", "locate", "mask"]
