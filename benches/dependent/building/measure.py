"""The figures of the programs, one row for each and each profile."""

import shutil
from statistics import median

from . import cargo, package


class Measuring:
    """Builds programs of a copy of the package in folders beside it."""

    def __init__(self, folder, each_cold):
        self.package = folder / "package"
        self.scratch = folder
        # Whether every program is built from nothing with all that it depends on, or those crates once for all.
        self.each_cold = each_cold
        self.below = {}

    def rows(self, programs, profiles):
        """The rows as they come to be known."""
        for profile in profiles:
            for program in programs:
                yield self.row(program, profile)
            self.clear()

    def row(self, program, profile):
        """What a program costs."""
        program.restore()
        target, cold = self.cold(program, profile)
        size = cold.program.stat().st_size
        cargo.run(cold.program, folder=self.scratch, TMPDIR=str(self.scratch))
        edit = self.edited("build", program, profile, target)
        check = self.check(program) if profile == "dev" else None
        if self.each_cold:
            self.clear()
        return {
            "program": program.name,
            "lines": program.lines,
            "features": program.features,
            "profile": profile,
            "cold": {"cpu": cold.cpu, "wall": cold.wall, "crates": cold.crates, "builds": 1 if self.each_cold else 2},
            "edit": edit,
            "check": check,
            "bytes": size,
        }

    def cold(self, program, profile):
        """Builds the program from nothing but sources; where, and what it costs."""
        target = self.scratch / "target" / "+".join((profile, *program.features))
        if self.each_cold:
            return target, cargo.measured("build", program, profile, self.package, target)
        if target not in self.below:
            stub = package.nothing(self.package, program.features)
            cost = cargo.measured("build", stub, profile, self.package, target)
            # The package itself is compiled again for the program.
            self.below[target] = cargo.Cost(cost.cpu, cost.wall, cost.crates - 1)
        return target, self.below[target].then(cargo.measured("build", program, profile, self.package, target))

    def check(self, program):
        """What checking the program costs after an edit."""
        target = self.scratch / "checked" / "+".join(("dev", *program.features))
        program.restore()
        cargo.measured("check", program, "dev", self.package, target)
        return self.edited("check", program, "dev", target)

    def edited(self, command, program, profile, target):
        """The median cost of a command after an edit."""
        costs = [cargo.measured(command, program, profile, self.package, target) for _ in program.edits()]
        compiled = [cost.crates for cost in costs]
        if compiled != [1] * len(compiled):
            raise cargo.Failed(f"after edits of {program.name}, {compiled} crates were compiled, not one each")
        return {"cpu": median(cost.cpu for cost in costs), "wall": median(cost.wall for cost in costs)}

    def clear(self):
        """Removes what was built; what was checked stays."""
        shutil.rmtree(self.scratch / "target", ignore_errors=True)
        self.below.clear()
