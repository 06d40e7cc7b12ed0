"""Writes ``words.csv``: which words are given names, surnames, or plain English.

The folder of unpacked sources gives one line a word: its grade as a given name and as a surname in the
census of the United States of 1990 (9 the most frequent, 1 the rarest kept, 0 none), and whether it is a word of
everyday English in lower case. ``python -m gazetteer.build.lexicon SOURCES`` writes it into the data folder.
"""

from __future__ import annotations

import csv
import math
import sys
from pathlib import Path

from gazetteer.build.download import unpacked
from gazetteer.bundled import BUNDLED
from gazetteer.errors import DataError

__all__ = ["lexicon"]

_OUTPUT = BUNDLED / "words.csv"
_SURNAMES = 25_000
# Given names that the census of one country hardly knows, and that the news of the world does.
_ELSEWHERE = frozenset(
    """
    abbas abdel abdul abdullah abu adel ahmad ahmed aisha akhmed akira aleksandr alexandre ali alexei alexey amina
    amir amr anatoly andrei andrey angela anwar arkady askar asif ayman aziz babak baker bakytzhan ban bashar bashir
    benazir benjamin binyamin boris burhan chandra chen chiang dariga deepak dmitri dmitry ehud emmanuel enrique evo
    fahd faisal farah farid fatima fidel francois franz fouad gamal georgi gerhard gholam giorgi giorgio giovanni
    goodluck gulnara habib hafez hamad hamid hamza hans haruki hashim hassan hassane hosni hossein hugo hui hussain
    hussein ibrahim idriss igor ilham imran indira irina islam ismail ivan jacques jaime jalal jamal jan javed
    javier jean jiang jin johann joao jomo jong joseph juan julius jurgen kamal karim kassym kemal kenji khaled
    khalid khalifa kim kofi konstantin kumar laurent lech lee leila leonid li lin luis luiz mahathir mahdi mahinda
    mahmoud mahmud malik mamadou manmohan manuel mao marwan maryam mehdi mehmet michel mikhail miloslav mohamad
    mohamed mohammad mohammed mohd moqtada morgan muammar muhammad muhammadu mukhtar murat mustafa nabil nadezhda
    nadia narendra nasser natalya nawaz nelson nicolas nikita nikolai nikolay nour nouri nursultan oleg olga
    olusegun omar osama oscar pablo park paulo pavel pedro pervez petro pierre pranab putin qasem rafael rafiq raila
    rajiv ram ramzan rashid recep rodrigo roh ruslan rustam saad sadiq saeed salah saleh salman salva sanjay
    saparmurat sayed sayyid sean sergei sergey shah shaikh sheikh shinzo silvio slobodan sonia stanislav sultan
    suleiman svetlana syed taha tariq tayyip thabo thein timur vaclav vadim valery vasily viktor vladimir volodymyr
    wang wei wen yasser yasir yitzhak yoshihiko yuri yusuf yves zainab zhang zhou zine
    """.split()  # noqa: SIM905 - a list of words is read more easily so
)


def lexicon(root: Path) -> list[tuple[str, int, int, int]]:
    """Return word, grade as given name, grade as surname, and 1 for a plain word; sorted.

    Source
    ------
    Given names and surnames: census of the United States of 1990 (public domain), package names. Plain words: SCOWL
    (free to use, copy and distribute with its notice), package wamerican-small.
    """
    folder = unpacked(root, "names-*/names-*/names")[0]
    given: dict[str, int] = {}
    for name in ("dist.female.first", "dist.male.first"):
        for word, share in _census(folder / name):
            given[word] = max(given.get(word, 0), _grade(share))
    for word in _ELSEWHERE:
        given[word] = max(given.get(word, 0), 4)
    surnames = {word: _grade(share) for word, share in _census(folder / "dist.all.last")[:_SURNAMES]}
    dictionary = unpacked(root, "wamerican-small_*/usr/share/dict/american-english-small")[0]
    plain = {
        word
        for word in dictionary.read_text(encoding="utf-8").split()
        if word.islower() and word.isalpha() and len(word) > 1
    }
    words = sorted(given.keys() | surnames.keys() | plain)
    return [(word, given.get(word, 0), surnames.get(word, 0), int(word in plain)) for word in words]


def _census(path: Path) -> list[tuple[str, float]]:
    rows = [line.split() for line in path.read_text(encoding="ascii").splitlines()]
    return [(row[0].lower(), float(row[1])) for row in rows if row]


def _grade(share: float) -> int:
    """Return 9 for one in a hundred (or more), 1 for one in fifty thousand (or less), by the logarithm."""
    return max(1, min(9, round(9 + 2.4 * math.log10(max(share, 0.0005)))))


def main(arguments: list[str]) -> int:
    """Run the command line: one argument, the folder of sources."""
    if len(arguments) != 1:
        print("usage: python -m gazetteer.build.lexicon SOURCES", file=sys.stderr)
        return 2
    try:
        rows = lexicon(Path(arguments[0]))
    except DataError as error:
        print(error, file=sys.stderr)
        return 1
    with _OUTPUT.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("word", "given", "surname", "plain"))
        writer.writerows(rows)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
