"""The arguments of every command, with examples in their help."""

import argparse
from collections.abc import Callable

from mmm_groups.command_line import evaluating, planning, saved_scenarios
from mmm_groups.command_line.amounts import amount
from mmm_groups.command_line.exporting import FORMS, TABLES
from mmm_groups.groups.methods import METHODS
from mmm_groups.groups.shares import SPLIT_RULES

_CODES = "Exit codes: 0 done; 1 refused, with the reason; 2 wrong arguments; 3 `run --check` found other figures."
_MODEL = "a PyMC-Marketing model (.nc), a file of curves, or 'demo'"
_SCENARIO = "a scenario file, '-' for the standard input, or 'id:ID' or 'id:ID@VERSION' of a saved one"

type Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def parser() -> argparse.ArgumentParser:
    """The parser of `mmm-groups`; every command stores its function as `run`."""
    top = argparse.ArgumentParser(
        prog="mmm-groups",
        description="Plan marketing budgets over groups of channels: the app's plans without the app.",
        epilog=_CODES,
        allow_abbrev=False,
    )
    commands = top.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _run(commands)
    _optimize(commands)
    _evaluate(commands)
    _curves(commands)
    _export(commands)
    _scenarios(commands)
    return top


def _command(
    commands: Commands, name: str, run: Callable[[argparse.Namespace], int], text: str, *examples: str
) -> argparse.ArgumentParser:
    shown = "\n".join(f"  mmm-groups {example}" for example in examples)
    made: argparse.ArgumentParser = commands.add_parser(
        name,
        help=text,
        description=f"{text[0].upper()}{text[1:]}.",
        epilog=f"examples:\n{shown}\n\n{_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    made.set_defaults(run=run)
    return made


def _source(command: argparse.ArgumentParser) -> None:
    command.add_argument("model", help=_MODEL)
    command.add_argument("--trust", action="append", default=[], metavar="MODULE", help="import a module of your own")


def _scenario_command(
    commands: Commands, name: str, run: Callable[[argparse.Namespace], int], text: str, *examples: str
) -> argparse.ArgumentParser:
    """A command that runs a scenario on a model, which may call its channels otherwise."""
    command = _command(commands, name, run, text, *examples)
    command.add_argument("scenario", help=_SCENARIO)
    _source(command)
    command.add_argument("--map", action="append", default=[], metavar="OLD=NEW", help="a channel's name on this model")
    command.add_argument("--leave-out", action="append", default=[], metavar="OLD", help="a channel it does not have")
    return command


def _run(commands: Commands) -> None:
    command = _scenario_command(
        commands,
        "run",
        planning.run,
        "run a scenario and show its plan",
        "run spring.json demo",
        "run spring.json model.nc --check",
        "run spring.json refitted.nc --map tv=television --leave-out radio -o summer.json",
    )
    command.add_argument("--check", action="store_true", help="end with 3 if the figures differ from those saved")
    command.add_argument("-o", "--output", metavar="FILE", help="write the scenario with the new figures")


def _optimize(commands: Commands) -> None:
    command = _command(
        commands,
        "optimize",
        planning.optimize_model,
        "find the best plan on a model, from options instead of a scenario file",
        "optimize demo --budget 4400000",
        "optimize model.nc --budget 4.4e6 --group Meta=facebook,instagram --max Meta=900000 -o plan.json",
        "optimize model.nc --target-roi 2 --start 2026-01-05 --end 2026-03-30",
    )
    _source(command)
    _window(command)
    goal = command.add_mutually_exclusive_group(required=True)
    goal.add_argument("--budget", type=amount, metavar="MONEY", help="spend exactly this over the window")
    goal.add_argument("--target-roi", type=float, metavar="ROI", help="the largest response with at least this ROI")
    goal.add_argument("--target-mroi", type=float, metavar="MROI", help="spend while the next unit brings this")
    goal.add_argument("--target-response", type=amount, metavar="RESPONSE", help="the least money that brings this")
    goal.add_argument("--max-profit", type=float, metavar="MARGIN", help="the largest profit at this margin")
    caution = command.add_mutually_exclusive_group()
    caution.add_argument("--quantile", type=float, metavar="Q", help="plan for a response exceeded with 1 - Q")
    caution.add_argument("--cvar", type=float, metavar="ALPHA", help="plan for the worst share ALPHA of the draws")
    command.add_argument("--group", action="append", default=[], metavar="NAME=A,B", help="a group of channels")
    for name, text in (("min", "at least"), ("max", "at most"), ("lock", "exactly")):
        command.add_argument(
            f"--{name}", action="append", default=[], metavar="NAME=MONEY", help=f"a group or channel spends {text}"
        )
    command.add_argument("--method", choices=METHODS, default="sum", help="how channels' curves become a group's")
    command.add_argument("--split", choices=SPLIT_RULES, default="historical", help="how a group's money is shared")
    command.add_argument("--name", default="Plan", help="name of the scenario that is written")
    command.add_argument("-o", "--output", metavar="FILE", help="write the scenario with its figures")


def _evaluate(commands: Commands) -> None:
    command = _command(
        commands,
        "evaluate",
        evaluating.evaluate_plan,
        "say what somebody's plan brings, by channel and date",
        'evaluate agency.xlsx model.nc --map "Google Ads=search" --leave-out Fees --missing reference --best',
        "evaluate agency.csv demo --reference draft.csv --missing zero --json -o agency.json",
    )
    command.add_argument("plan", help="a CSV or Excel file: channels with money by date, week, month, or in all")
    _source(command)
    _dates(command, "the dates of the plan")
    command.add_argument("--reference", metavar="PLAN", help="latest, last-year, or the file of another plan")
    command.add_argument("--map", action="append", default=[], metavar="NAME=CHANNEL", help="what a name stands for")
    command.add_argument("--leave-out", action="append", default=[], metavar="NAME", help="a name that is no channel")
    command.add_argument("--missing", choices=("zero", "reference"), help="what channels get that are not named")
    command.add_argument(
        "--outside", choices=("leave_out", "keep"), help="what happens to money on days outside the window"
    )
    command.add_argument("--group", action="append", default=[], metavar="NAME=A,B", help="a group that may be named")
    command.add_argument("--best", action="store_true", help="also the best use of the same money")
    command.add_argument("--json", action="store_true", help="JSON instead of text")
    command.add_argument("-o", "--output", metavar="FILE", help="default: the screen")


def _dates(command: argparse.ArgumentParser, default: str) -> None:
    command.add_argument("--start", metavar="DATE", help=f"first date of the window; default: {default}")
    command.add_argument("--end", metavar="DATE", help="last date of the window")


def _window(command: argparse.ArgumentParser) -> None:
    _dates(command, "after the data")
    command.add_argument("--flighting", choices=("even", "last_year"), default="even", help="how money is spread")
    command.add_argument("--reach", type=amount, metavar="MONEY", help="money that every curve must reach alone")


def _curves(commands: Commands) -> None:
    command = _command(
        commands,
        "curves",
        planning.curves,
        "read the response curves of a model into a file",
        "curves model.nc -o curves.nc",
        "curves model.nc --start 2026-01-05 --end 2026-03-30 --flighting last_year -o spring.nc",
    )
    _source(command)
    _window(command)
    command.add_argument("-o", "--output", metavar="FILE", required=True, help="the netCDF file to write")


def _export(commands: Commands) -> None:
    command = _scenario_command(
        commands,
        "export",
        planning.export,
        "run a scenario and write its plan as CSV, Excel, HTML report or JSON",
        "export spring.json demo -o spring.csv",
        "export spring.json demo --table dates -o pacing.csv",
        "export id:0f3c…@2 model.nc -o spring.xlsx",
        "export spring.json model.nc -o report.html",
        "export spring.json model.nc --format json",
    )
    command.add_argument("--format", choices=FORMS, help="default: the file's ending, or csv on the screen")
    command.add_argument("--table", choices=TABLES, default="channels", help="which table a CSV holds")
    command.add_argument("-o", "--output", metavar="FILE", help="default: the screen")


def _scenarios(commands: Commands) -> None:
    command = _command(
        commands,
        "scenarios",
        saved_scenarios.list_scenarios,
        "list, show, save and archive scenarios in the database (MMM_GROUPS_DATABASE_URL)",
        "scenarios list",
        "scenarios save spring.json --author Ada",
        "scenarios save spring.json --author Ada --id 0f3c… --based-on 2",
        "scenarios show id:0f3c… -o spring.json",
    )
    inner = command.add_subparsers(metavar="ACTION", required=True)
    listed = _command(inner, "list", saved_scenarios.list_scenarios, "list scenarios", "scenarios list --archived")
    listed.add_argument("--archived", action="store_true", help="the archived ones instead")
    shown = _command(inner, "show", saved_scenarios.show, "write a saved scenario", "scenarios show id:0f3c…@1")
    shown.add_argument("scenario", help="'id:ID' or 'id:ID@VERSION'")
    shown.add_argument("-o", "--output", metavar="FILE", help="default: the screen")
    kept = _command(
        inner, "versions", saved_scenarios.versions, "list a scenario's versions", "scenarios versions 0f3c…"
    )
    kept.add_argument("id")
    saved = _command(
        inner, "save", saved_scenarios.save, "save a scenario file", "scenarios save spring.json --author Ada"
    )
    saved.add_argument("scenario", help="a scenario file, or '-'")
    saved.add_argument("--author", required=True, help="who saves")
    saved.add_argument("--id", help="the scenario that gets a new version; default: a new scenario")
    saved.add_argument("--based-on", type=int, metavar="VERSION", help="the version that was changed; needs --id")
    gone = _command(
        inner, "archive", saved_scenarios.archive, "archive a scenario", "scenarios archive 0f3c… --author Ada"
    )
    gone.add_argument("id")
    gone.add_argument("--author", required=True, help="who archives")
    back = _command(inner, "restore", saved_scenarios.restore, "bring an archived one back", "scenarios restore 0f3c…")
    back.add_argument("id")
