"""The command line: `./hualiao COMMAND`. Composition root of the deployment; heavy imports wait."""

import os
import re
import signal
import subprocess
import sys
import uuid
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from backend_api.operations.folders import DEFAULT_DATA, PROJECT, DataFolder
from backend_api.operations.messages import FailureError, Screen, of_system, words

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
token, keys, sites, accounts, ledger = (typer.Typer(no_args_is_help=True) for _ in range(5))
app.add_typer(token, name="token", help="访问令牌 / Access tokens")
app.add_typer(keys, name="keys", help="密钥 / Keys")
app.add_typer(sites, name="sites", help="站点 / Sites")
app.add_typer(ledger, name="ledger", help="台账 / The ledger of cases")
app.add_typer(accounts, name="accounts", help="工作人员账号 / Accounts of staff")

REST = {"allow_extra_args": True, "ignore_unknown_options": True}
OWN_HELP: dict[str, object] = REST | {"help_option_names": []}
TOKEN_ROLES = {"client", "staff"}
USERNAME = re.compile(r"[A-Za-z0-9._@-]{2,100}")
ACCOUNT_ROLES = {"staff", "discipline", "secrecy", "administrator"}
Data = Annotated[Path, typer.Option("--data", help="数据文件夹 / data folder")]
Port = Annotated[int, typer.Option(help="网页和接口的端口 / port of page and API")]
Quiet = Annotated[bool, typer.Option("--quiet", help="少说话 / less on the screen")]


@app.command()
def up(
    data: Data = DEFAULT_DATA,
    port: Port = 8080,
    host: Annotated[str, typer.Option(help="监听的地址 / address to listen on")] = "127.0.0.1",
    *,
    detach: Annotated[bool, typer.Option("--detach", help="就绪后返回 / return once up")] = False,
    quiet: Quiet = False,
    timings: Annotated[bool, typer.Option("--timings", help="各步用时 / time of steps")] = False,
) -> None:
    """启动全部服务 / Start everything and say where to chat."""
    from backend_api.operations.start import Options, Start

    screen = _screen(quiet=quiet)
    start = Start(Options(_folder(data), host, port, detach), screen)
    start.show_timings = timings
    start.run()


def _folder(data: Path) -> DataFolder:
    return DataFolder(data.expanduser().absolute())


def _screen(*, quiet: bool) -> Screen:
    return Screen(quiet=quiet or bool(os.environ.get("CI")))


@app.command()
def stop(data: Data = DEFAULT_DATA) -> None:
    """停止全部服务 / Stop everything."""
    from backend_api.operations.start import stop as stop_all

    stop_all(_folder(data), Screen())


@app.command()
def status(data: Data = DEFAULT_DATA) -> None:
    """看各个进程 / Show the processes."""
    from backend_api.operations.inspection import status as show

    _exit(good=show(_folder(data), Screen()))


@app.command()
def doctor(data: Data = DEFAULT_DATA, port: Port = 8080) -> None:
    """找出哪里不对、怎么改 / What is wrong and how to mend it."""
    from backend_api.operations.inspection import doctor as look

    _exit(good=look(_folder(data), port, Screen()))


@app.command()
def check() -> None:
    """检查代码和训练数据 / Check code and training data."""
    from backend_api.operations.checking import check as run

    _exit(good=run(Screen()))


@app.command(context_settings=REST)
def test(context: typer.Context) -> None:
    """运行全部测试；加 quick 只运行快的 / Run every test, or only the quick ones."""
    from backend_api.operations.checking import run_tests

    quick = context.args[:1] == ["quick"]
    sys.exit(run_tests(Screen(), context.args[int(quick) :], quick=quick))


@app.command()
def train(data: Data = DEFAULT_DATA) -> None:
    """训练有改动的模型 / Train the models whose sources changed."""
    from backend_api.operations import training

    screen = _screen(quiet=False)
    models = training.models_folder(data.expanduser().absolute())
    for one in training.TRAININGS:
        screen.say("model_current", what=one.name, file=training.ensure(one, models, screen))


@app.command()
def chat(data: Data = DEFAULT_DATA) -> None:
    """在终端里对话 / Talk in the terminal."""
    from backend_api.operations import database, records, state
    from backend_api.operations.ready import Addresses
    from backend_api.operations.talk import chat as talk

    folder = _folder(data)
    running, url = state.running(folder), database.current_url(folder)
    if running is None or url is None:
        raise FailureError("needs_up")
    name = f"terminal {uuid.uuid4()}"
    made = database.in_session(url, folder, partial(records.create_token, role="client", name=name))
    try:
        talk(Addresses(running.host, running.port, running.console_port).api, made, Screen())
    finally:
        database.in_session(url, folder, partial(records.revoke_token, wanted=name))


@app.command(context_settings=OWN_HELP)
def bench(context: typer.Context) -> None:
    """测量：bench NAME …；bench NAME --help 看说明 / Measure."""
    if not context.args or context.args[0].startswith("-"):
        raise FailureError("bench_name")
    name, *arguments = context.args
    command = [sys.executable, "-m", f"bench.{name}", *arguments]
    sys.exit(subprocess.run(command, cwd=PROJECT, check=False).returncode)  # noqa: S603


@app.command()
def backup(
    file: Path,
    data: Data = DEFAULT_DATA,
    *,
    without_keys: Annotated[bool, typer.Option(help="不含密钥 / leave the keys out")] = False,
) -> None:
    """备份到一个文件 / Copy everything into one file."""
    from backend_api.operations.copies import backup as copy

    copy(_folder(data), file.expanduser().absolute(), Screen(), keys=not without_keys)


@app.command()
def restore(file: Path, data: Data = DEFAULT_DATA) -> None:
    """从备份恢复到空的数据文件夹 / Restore a copy into an empty data folder."""
    from backend_api.operations.copies import restore as put_back

    put_back(_folder(data), file.expanduser().absolute(), Screen())


@token.command("create")
def token_create(
    role: Annotated[str, typer.Option(help="client | staff")],
    name: Annotated[str, typer.Option(help="给谁用 / for whom")] = "command line",
    data: Data = DEFAULT_DATA,
    *,
    quiet: Quiet = False,
) -> None:
    """新建访问令牌 / Make an access token."""
    from backend_api.operations import database, records

    if role not in TOKEN_ROLES:
        raise FailureError("role_wrong")
    folder = _folder(data)
    with database.reached(folder) as url:
        work = partial(records.create_token, role=role, name=name)
        made = database.in_session(url, folder, work)
    if quiet:
        Screen().plain(made)
        return
    Screen().say("token_created", token=made)


@token.command("list")
def token_list(data: Data = DEFAULT_DATA) -> None:
    """列出访问令牌 / List the access tokens."""
    from backend_api.operations import database, records

    folder, screen = _folder(data), Screen()
    with database.reached(folder) as url:
        found = database.in_session(url, folder, records.list_tokens)
    for one in found:
        state = words("token_revoked_mark") if one.revoked else ""
        made = one.created_at.astimezone().strftime("%Y-%m-%d %H:%M")
        screen.plain("\t".join((str(one.id), one.role, made, one.name, state)).rstrip())


@token.command("revoke")
def token_revoke(name_or_id: str, data: Data = DEFAULT_DATA) -> None:
    """撤销一个访问令牌 / Make an access token invalid."""
    from backend_api.operations import database, records

    folder = _folder(data)
    with database.reached(folder) as url:
        work = partial(records.revoke_token, wanted=name_or_id)
        Screen().say("token_revoked", what=database.in_session(url, folder, work))


@accounts.command("add")
def accounts_add(
    username: str,
    name: Annotated[str, typer.Option(help="姓名 / the person's name")],
    role: Annotated[str, typer.Option(help="staff | discipline | secrecy | administrator")],
    data: Data = DEFAULT_DATA,
) -> None:
    """新建工作人员账号 / Add an account for a member of staff."""
    from backend_api.operations import database, records

    if role not in ACCOUNT_ROLES:
        raise FailureError("account_role_wrong")
    if not USERNAME.fullmatch(username):
        raise FailureError("username_wrong")
    folder = _folder(data)
    with database.reached(folder) as url:
        work = partial(records.add_account, username=username, name=name, role=role)
        password = database.in_session(url, folder, work)
    Screen().say("account_added", username=username, password=password)


@accounts.command("list")
def accounts_list(data: Data = DEFAULT_DATA) -> None:
    """列出工作人员账号 / List the accounts."""
    from backend_api.operations import database, records

    folder, screen = _folder(data), Screen()
    with database.reached(folder) as url:
        found = database.in_session(url, folder, records.list_accounts)
    for one in found:
        unused = words("account_unused_mark") if one.must_change_password else ""
        state = words("account_closed_mark") if one.closed else unused
        screen.plain("\t".join((one.username, one.role, one.name, state)).rstrip())


@accounts.command("close")
def accounts_close(username: str, data: Data = DEFAULT_DATA) -> None:
    """停用一个账号，结束它的登录 / Close an account and end its sign-ins."""
    from backend_api.operations import database, records

    folder = _folder(data)
    with database.reached(folder) as url:
        work = partial(records.close_account, username=username)
        waiting = database.in_session(url, folder, work)
    Screen().say("account_closed", username=username, count=waiting)


@accounts.command("role")
def accounts_role(
    username: str,
    role: Annotated[str, typer.Option(help="staff | discipline | secrecy | administrator")],
    data: Data = DEFAULT_DATA,
) -> None:
    """改一个账号的角色，结束它的登录 / Change an account's role and end its sign-ins."""
    from backend_api.operations import database, records

    if role not in ACCOUNT_ROLES:
        raise FailureError("account_role_wrong")
    folder = _folder(data)
    with database.reached(folder) as url:
        work = partial(records.change_role, username=username, role=role)
        database.in_session(url, folder, work)
    Screen().say("account_role_changed", username=username, role=role)


@accounts.command("reset")
def accounts_reset(username: str, data: Data = DEFAULT_DATA) -> None:
    """给一个账号新的一次性密码，结束它的登录 / Give an account a new one-time password."""
    from backend_api.operations import database, records

    folder = _folder(data)
    with database.reached(folder) as url:
        work = partial(records.reset_password, username=username)
        password = database.in_session(url, folder, work)
    Screen().say("account_reset", username=username, password=password)


@keys.command("rotate")
def keys_rotate(data: Data = DEFAULT_DATA) -> None:
    """换新密钥，重新加密全部内容 / Seal everything with a new key."""
    from backend_api.operations import database
    from backend_api.operations import keys as keys_of

    folder = _folder(data)
    with database.reached(folder) as url:
        count = keys_of.rotate(url, folder)
    Screen().say("keys_rotated", count=count)


@sites.command("list")
def sites_list(data: Data = DEFAULT_DATA) -> None:
    """列出站点 / List the sites."""
    from backend_api.operations import database, records

    folder, screen = _folder(data), Screen()
    with database.reached(folder) as url:
        found = database.in_session(url, folder, records.list_sites)
    for site in found:
        state = "" if site.active else words("site_withdrawn_mark")
        scans = words("site_scans", count=site.scans)
        row = (site.code, site.name, site.place, site.unit, scans, state)
        screen.plain("\t".join(row).rstrip())


@sites.command("add")
def sites_add(
    name: str,
    place: Annotated[str, typer.Option(help="在哪里 / where it is")] = "",
    community: Annotated[str, typer.Option(help="归哪个社区管 / whose cases they are")] = "",
    data: Data = DEFAULT_DATA,
) -> None:
    """新建站点 / Add a site."""
    from backend_api.operations import database, records

    folder = _folder(data)
    with database.reached(folder) as url:
        work = partial(records.add_site, name=name, place=place, community=community)
        Screen().say("site_added", code=database.in_session(url, folder, work))


@sites.command("withdraw")
def sites_withdraw(code: str, data: Data = DEFAULT_DATA) -> None:
    """停用一个站点的二维码 / Withdraw the code of a site."""
    from backend_api.operations import database, records

    folder = _folder(data)
    with database.reached(folder) as url:
        name = database.in_session(url, folder, partial(records.withdraw_site, code=code))
    Screen().say("site_withdrawn", code=code, name=name)


@sites.command("poster")
def sites_poster(
    code: str,
    out: Annotated[Path, typer.Option(help="写到哪个文件 / file to write")],
    size: Annotated[str, typer.Option(help="A4 | A5")] = "A4",
    form: Annotated[str, typer.Option("--format", help="png | svg | pdf")] = "pdf",
    address: Annotated[str, typer.Option(help="群众打开的网址 / public address")] = "",
    data: Data = DEFAULT_DATA,
) -> None:
    """生成可以打印的海报 / Make a poster to print."""
    from backend_api.operations import database, posters, records

    wanted = posters.wanted(size, form)
    folder = _folder(data)
    with database.reached(folder) as url:
        site = database.in_session(url, folder, partial(records.site_in_use, code=code))
    base = posters.public_address(folder, address)
    posters.write(out, site, base, wanted)
    Screen().say("poster_made", file=out, address=f"{base}/c/{code}")
    if posters.is_local(base):
        Screen().say("poster_local", address=base)


@ledger.callback()
def _of_ledger() -> None:
    """With one command alone typer would leave its name out."""


@ledger.command("export")
def ledger_export(  # noqa: PLR0913 - one option for each filter
    out: Annotated[Path, typer.Option(help="写到哪个文件 / file to write")],
    form: Annotated[str, typer.Option("--format", help="xlsx | csv")] = "xlsx",
    first: Annotated[str, typer.Option("--from", help="从哪天 / first day: 2026-01-01")] = "",
    last: Annotated[str, typer.Option("--to", help="到哪天 / last day")] = "",
    matter: Annotated[str, typer.Option(help="事项类别 / matter")] = "",
    state: Annotated[str, typer.Option(help="registered | withdrawn")] = "",
    unit: Annotated[str, typer.Option(help="单位名称 / name of a unit")] = "",
    channel: Annotated[str, typer.Option(help="web | http")] = "",
    data: Data = DEFAULT_DATA,
) -> None:
    """导出台账（姓名电话打码）/ Export the ledger, names and numbers masked."""
    from backend_api.operations import database, ledgers

    days = {"from": first, "to": last}
    chosen, filters = ledgers.wanted(
        days | {"format": form, "matter": matter, "state": state, "channel": channel}
    )
    folder, file = _folder(data), out.expanduser().absolute()
    with database.reached(folder) as url:
        work = partial(ledgers.export, file=file, form=chosen, filters=filters, unit=unit)
        database.in_sessions(url, folder, work)
    Screen().say("ledger_exported", file=file)


def _exit(*, good: bool) -> None:
    if not good:
        sys.exit(1)


def _end(_number: int, _frame: FrameType | None) -> None:
    """A polite signal ends a command in order: what it started ends too."""
    raise SystemExit(128 + signal.SIGTERM)


def main() -> None:
    """Every failure that a person can mend is one sentence and exit code 1."""
    signal.signal(signal.SIGTERM, _end)
    try:
        app()
    except FailureError as failure:
        Screen().trouble(failure)
        sys.exit(1)
    except OSError as error:
        Screen().trouble(of_system(error))
        sys.exit(1)


if __name__ == "__main__":
    main()
