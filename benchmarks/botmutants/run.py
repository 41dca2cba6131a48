"""BotMutants: which of twenty kinds of planted bug a search finds in ten bots.

    python benchmarks/botmutants/run.py                       every kind in every bot, with chatsim
    python benchmarks/botmutants/run.py --processes 2         the same, so many bots at a time
    python benchmarks/botmutants/run.py --sample 20           twenty mutants, for CI
    python benchmarks/botmutants/run.py --rivals --sample 40  beside a random walk, Hypothesis, and chatsim without …

A table of kinds by bots is printed: how many of the mutants that were tried were found, a blank where that bug cannot be
planted.  Swapped targets, negated guards and boundaries that are off by one are looked for by a comparison with the
correct bot.  The exit code is 1 if a search claims an error in a correct bot.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks.botmutants.catalogue import BOTS
from benchmarks.botmutants.judge import Correct, correct_bot, errors_of, found
from benchmarks.botmutants.mutants import BY_COMPARISON, KINDS, NEED_NO_ASSERTION, Mutant
from benchmarks.botmutants.rivals import RIVALS
from benchmarks.botmutants.selection import selected

Counts = dict[tuple[str, str], list[bool]]
COLUMN = 9


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark, and return the exit code."""
    wish = _parser().parse_args(arguments)
    mutants = list(planted(wish.bots, wish.kinds, wish.per))
    if wish.sample:
        mutants = sample(mutants, wish.sample)
    claims: list[str] = []
    report: dict[str, Any] = {"seconds": wish.seconds, "mutants": len(mutants), "rivals": {}}
    for rival in RIVALS if wish.rivals else ["chatsim"]:
        counts, missed, errors = run_bots(rival, mutants, wish.seconds, wish.processes)
        claims += errors
        print(f"\n{rival}, {wish.seconds:g} s each")
        print("\n".join([*table(counts, wish.bots), *(f"claimed of a correct bot: {error}" for error in errors)]))
        if wish.verbose:
            print("\n".join(f"missed: {line}" for line in missed))
        report["rivals"][rival] = {
            "found": [[kind, bot, sum(hits), len(hits)] for (kind, bot), hits in counts.items()],
            "missed": missed,
            "claims": errors,
        }
    if wish.json:
        Path(wish.json).write_text(json.dumps(report, indent=2), "utf-8")
    return 1 if claims else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5.0, help="of processor time, for each search (5)")
    parser.add_argument("--per", type=int, default=1, help="mutants of each kind in each bot (1)")
    parser.add_argument("--sample", type=int, default=0, help="take so many of them, from all kinds")
    parser.add_argument("--processes", type=int, default=1, help="how many bots to try at a time (1)")
    parser.add_argument("--kinds", nargs="*", default=list(KINDS), choices=KINDS, metavar="KIND")
    parser.add_argument("--bots", nargs="*", default=list(BOTS), choices=list(BOTS), metavar="BOT")
    parser.add_argument("--rivals", action="store_true", help="search in the other ways as well")
    parser.add_argument("--json", metavar="FILE", help="write the figures")
    parser.add_argument("-v", "--verbose", action="store_true", help="say what was missed")
    return parser


def planted(bots: list[str], kinds: list[str], per: int) -> Iterator[Mutant]:
    """Yield *per* mutants of each kind in each bot, as far as it can be planted there."""
    for bot in bots:
        for kind in kinds:
            yield from selected(BOTS[bot], kind, per)


def sample(mutants: list[Mutant], size: int) -> list[Mutant]:
    """Return *size* of *mutants*: every kind once before any comes again, always the same ones."""
    chance = random.Random(size)
    by_kind: dict[str, list[Mutant]] = defaultdict(list)
    for mutant in chance.sample(mutants, len(mutants)):
        by_kind[mutant.kind].append(mutant)
    rounds = [list(each) for each in zip(*(_padded(found, len(mutants)) for found in by_kind.values()), strict=True)]
    return [mutant for each in rounds for mutant in each if mutant is not None][:size]


def _padded(mutants: list[Mutant], size: int) -> list[Mutant | None]:
    return [*mutants, *[None] * (size - len(mutants))]


def run_bots(rival: str, mutants: list[Mutant], seconds: float, processes: int) -> tuple[Counts, list[str], list[str]]:
    """Return what `run_rival` does, from so many *processes*, each of which takes one bot after the other."""
    by_bot: dict[str, list[Mutant]] = defaultdict(list)
    for mutant in mutants:
        by_bot[mutant.of.name].append(mutant)
    if processes == 1:
        return run_rival(rival, mutants, seconds)
    counts: Counts = {}
    missed: list[str] = []
    claims: list[str] = []
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        for part in pool.map(run_rival, repeat(rival), by_bot.values(), repeat(seconds)):
            counts |= part[0]
            missed += part[1]
            claims += part[2]
    return counts, missed, claims


def run_rival(rival: str, mutants: list[Mutant], seconds: float) -> tuple[Counts, list[str], list[str]]:
    """Return what *rival* found of *mutants*, what it missed in words, and what it claims of the correct bots."""
    correct: dict[str, Correct] = {}
    counts: Counts = defaultdict(list)
    missed = []
    for mutant in mutants:
        name = mutant.of.name
        if name not in correct:
            correct[name] = correct_bot(mutant.of, rival, seconds)
        is_found, words = found(mutant, correct[name], rival, seconds)
        counts[mutant.kind, name].append(is_found)
        if not is_found:
            missed.append(f"{mutant.name} ({mutant.change}); instead: {'; '.join(words)[:300] or 'nothing'}")
        print(f"{'found ' if is_found else 'MISSED'} {mutant.name} ({mutant.change})", file=sys.stderr, flush=True)
    claims = [f"{name}: {error}" for name, known in correct.items() for error in errors_of(known.exploration)]
    return dict(counts), missed, claims


def table(counts: Counts, bots: list[str]) -> Iterator[str]:
    """Yield the lines of the table: kinds by bots, and how many kinds were found wherever they were planted."""
    yield f"{'':42}{''.join(bot.rjust(COLUMN) for bot in bots)}"
    for kind in KINDS:
        cells = [counts.get((kind, bot)) for bot in bots]
        if any(cells):
            row = "".join((f"{sum(hits)}/{len(hits)}" if hits else "").rjust(COLUMN) for hits in cells)
            yield f"{kind:42}{row}"
    for title, kinds in (("of the kinds that need no assertion", NEED_NO_ASSERTION), ("by comparison", BY_COMPARISON)):
        hits = {kind: [hit for (each, _), found in counts.items() if each == kind for hit in found] for kind in kinds}
        tried = {kind: found for kind, found in hits.items() if found}
        if tried:
            everywhere = sum(all(found) for found in tried.values())
            some = sum(map(sum, tried.values())), sum(map(len, tried.values()))
            yield f"{title}: {everywhere} of {len(tried)} found on every bot; {some[0]} of {some[1]} mutants"


if __name__ == "__main__":
    sys.exit(main())
