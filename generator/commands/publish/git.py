"""Runs the `git` command: a folder in a repository in, values out.

It only adds objects to the repository, and records the remote's branch as `git fetch` does. It neither uses nor changes
the work tree, the index, the branches and the settings of the user, and runs none of their hooks except `pre-push`.
What goes wrong is a `PublishError` in git's own words. Nothing here knows what a site is.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shlex
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from generator.errors import HINTS, Problem, PublishError

MODE = "100644"
"""The mode of a file that everybody may read and nobody run."""
_KEPT = ("GIT_AUTHOR_", "GIT_COMMITTER_", "GIT_SSH", "GIT_SSL_", "GIT_HTTP_", "GIT_PROXY_", "GIT_ASKPASS",
         "GIT_TERMINAL_PROMPT", "GIT_ALLOW_PROTOCOL", "GIT_EXEC_PATH", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM",
         "GIT_CONFIG_NOSYSTEM")  # fmt: skip
"""The `GIT_` variables of the environment that are passed on: who commits, how to reach a server, where settings are.
All others are dropped. Git sets `GIT_DIR` and `GIT_INDEX_FILE` for the programs it calls, and these would lead us into
another repository."""
_QUIET = (
    "-c", f"core.hooksPath={os.devnull}",
    "-c", "core.fsmonitor=false",
    "-c", "core.splitIndex=false",
    "-c", "gc.auto=0",
    "-c", "maintenance.auto=false",
)  # fmt: skip
"""With these settings our commands run no program of the user's and leave nothing but objects behind."""
_NAMED = ("-c", "user.useConfigOnly=true")
"""With this setting git does not make up a committer's name from that of the machine."""
_MARKS = re.compile(r"^(fatal|error|hint|warning): ?")
_SAFE = re.compile(r"^(git config --global --add safe\.directory .+)$", re.M)
"""The line in which git says how to trust a repository of another user; it quotes the path for a shell."""
_CAUSES = (
    (_SAFE, r"if you trust its owner, run `\1`"),
    (re.compile(r"not a git repository: "), "correct or delete the file .git that leads there"),
    (re.compile(r"^not a git repository\b", re.M), "run `git init` here, and `git remote add origin URL`"),
    (re.compile(r"\.lock': File exists"), "wait until the other git is done; if there is none, delete that file"),
    (re.compile(r"^bad (numeric )?config\b", re.M), "correct that line"),
    (re.compile(r"expected git repo version|unknown repository extension"), "install a newer git"),
)
"""Causes that git names in words of its own, the nearest first, and what to do about each."""
_OF_A_FOLDER = re.compile("`git (?!config --global)")
"""Where a hint has a command that is about the folder it is given in."""
_BY_WORDS = {os.strerror(number): hint for number, hint in HINTS.items()}
"""What to do about causes that git names in the words of the system."""
_MEND = "see what `git fsck` says of the repository here"


class Entry(msgspec.Struct, frozen=True):
    """A file of a commit: its bytes, by their id, and its mode."""

    id: str
    mode: str = MODE


class Blob(msgspec.Struct, frozen=True):
    """A file as git stores it."""

    id: str
    size: int


class Repository:
    """The repository that a folder is in; raises `PublishError` if there is none, or no git."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        result = self._call("rev-parse", "--git-dir")
        if result.returncode:
            raise self._error("rev-parse", result.returncode, result.stderr)
        self._hash = self._text("rev-parse", "--show-object-format")

    def unready(self, remote: str, branch: str, *, commits: bool) -> tuple[Problem, ...]:
        """Say what is missing before a branch of a remote can be read or, with `commits`, committed to."""
        problems = []
        remotes = self._text("remote").split()
        if remote not in remotes:
            hint = f"known are {', '.join(remotes)}" if remotes else f"run `git remote add {remote} URL`"
            problems.append(Problem("--remote", 0, f"git knows no remote {remote!r}", hint))
        if self._call("check-ref-format", f"refs/heads/{branch}").returncode:
            problems.append(Problem("--branch", 0, f"{branch!r} can't be a branch", "name it like gh-pages"))
        if branch == self._call("symbolic-ref", "--quiet", "--short", "HEAD").stdout.decode(errors="replace").strip():
            hint = "name one for the site alone, such as gh-pages"
            problems.append(Problem("--branch", 0, f"{branch!r} is the branch of your sources", hint))
        roles = ("GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT") if commits else ()
        if any(self._call(*_NAMED, "var", role).returncode for role in roles):
            hint = 'run `git config user.name "..."` and `git config user.email "..."`; both will be public'
            problems.append(Problem("git config", 0, "git does not know who commits", hint))
        return tuple(self._seen_from_here(problem) for problem in problems)

    def fetch(self, remote: str, branch: str) -> str | None:
        """Fetch a branch and give its newest commit; None if there is no such branch."""
        name = f"refs/heads/{branch}"
        listed = self._call("ls-remote", "--exit-code", remote, name)
        if listed.returncode == 2:
            return None
        hint = f"see that `git fetch {remote}` works"
        if listed.returncode:
            raise self._error("ls-remote", listed.returncode, listed.stderr, hint)
        here = f"refs/remotes/{remote}/{branch}"
        quietly = ("--quiet", "--no-tags", "--no-prune", "--no-write-fetch-head", "--no-recurse-submodules")
        # With an empty --refmap nothing but `here` is moved, wherever the settings say that the remote's branches go.
        self._do("fetch", *quietly, "--refmap=", remote, f"+{name}:{here}", hint=hint)
        return self._text("rev-parse", "--verify", f"{here}^{{commit}}")

    def files(self, commit: str) -> dict[str, Entry]:
        """List the files of a commit, or of a tree."""
        listed = self._do("ls-tree", "-r", "-z", "--full-tree", commit)
        files = {}
        for entry in os.fsdecode(listed).split("\0")[:-1]:
            about, _, path = entry.partition("\t")
            mode, _, blob = about.split(" ")
            files[path] = Entry(blob, mode)
        return files

    def content(self, blob: str) -> bytes:
        """Read a file."""
        return self._do("cat-file", "blob", blob)

    def contents(self, blobs: Iterable[str]) -> Iterator[bytes]:
        """Read files one after another. One process reads them all, and memory holds one at a time."""
        with tempfile.TemporaryFile() as asked, tempfile.TemporaryFile() as said:
            asked.writelines(f"{blob}\n".encode() for blob in blobs)
            asked.seek(0)
            command = _command("cat-file", "--batch")
            with subprocess.Popen(
                command, cwd=self.folder, env=_environment(), stdin=asked, stdout=subprocess.PIPE, stderr=said
            ) as process:
                assert process.stdout is not None
                while head := process.stdout.readline():
                    about = head.split()  # id, kind and size
                    if len(about) != 3:
                        break
                    yield process.stdout.read(int(about[2]) + 1)[:-1]
            if head:
                raise self._error("cat-file", process.returncode, head)
            said.seek(0)
            if process.returncode:
                raise self._error("cat-file", process.returncode, said.read())

    def has_parents(self, commit: str) -> bool:
        """Say whether a commit has a parent."""
        return bool(self._text("rev-parse", f"{commit}^@"))

    def blob(self, data: bytes) -> Blob:
        """Say how git would store these bytes, without storing them."""
        return Blob(hashlib.new(self._hash, b"blob %d\0%b" % (len(data), data)).hexdigest(), len(data))

    def keep(self, blobs: Iterable[bytes]) -> None:
        """Store files in the repository, all of them in one pack."""
        with tempfile.TemporaryFile() as said:
            process = subprocess.Popen(
                _command("fast-import", "--quiet", "--done"),
                cwd=self.folder,
                env=_environment(),
                stdin=subprocess.PIPE,
                stdout=said,
                stderr=said,
            )
            with contextlib.suppress(BrokenPipeError), process:  # a broken pipe: git says why
                assert process.stdin is not None
                try:
                    for data in blobs:
                        process.stdin.write(b"blob\ndata %d\n%b\n" % (len(data), data))
                    process.stdin.write(b"done\n")
                except BaseException:
                    process.kill()
                    raise
            said.seek(0)
            if process.returncode:
                raise self._error("fast-import", process.returncode, said.read())

    def commit(self, files: Mapping[str, Entry], parent: str | None, message: str) -> str:
        """Make a commit of exactly these files, which must be stored already, and give its id; no branch is moved.

        Git leaves out names that it takes for its own, says so on the side and goes on. Here that is an error.
        """
        with tempfile.TemporaryDirectory() as folder:
            index = str(Path(folder) / "index")
            lines = "".join(f"{entry.mode} {entry.id}\t{path}\0" for path, entry in files.items())
            self._do("update-index", "-z", "--index-info", stdin=os.fsencode(lines), index=index)
            tree = self._do("write-tree", index=index).decode().strip()
        written = self.files(tree)
        if wrong := [path for path in files.keys() | written.keys() if files.get(path) != written.get(path)]:
            hint = "give it another name"
            message = "no file can be named so on a branch: git left out"
            raise PublishError([Problem("git update-index", 0, f"{message} {path!r}", hint) for path in wrong])
        parents = () if parent is None else ("-p", parent)
        made = self._do(*_NAMED, "commit-tree", tree, *parents, stdin=message.encode())
        return made.decode().strip()

    def push(self, remote: str, branch: str, commit: str, tip: str | None, *, replace: bool) -> None:
        """Push a commit to a branch whose newest commit was `tip`; with `replace`, instead of what the branch holds.

        If the newest commit is no longer `tip`, nothing is pushed.
        """
        name = f"refs/heads/{branch}"
        here = f"refs/remotes/{remote}/{branch}"
        # Git would record the new commit wherever the settings say that the remote's branches go, which can be a branch
        # of the user's, and would run a hook for that. A refspec with ^ forbids it; some versions of git heed that only
        # for a branch that another refspec names in full. So the commit is recorded below.
        unrecorded = ("-c", f"remote.{remote}.fetch=+{name}:{here}", "-c", f"remote.{remote}.fetch=^{name}")
        force = (f"--force-with-lease={name}:{tip or ''}",) if replace else ()
        quietly = ("--quiet", "--no-follow-tags", "--no-recurse-submodules")
        result = self._call(*unrecorded, "push", *quietly, *force, remote, f"{commit}:{name}", hooks=True)
        if not result.returncode:
            # If that fails, because another git is at it, the next fetch does it.
            self._call("update-ref", here, commit)
            return
        # Git has several messages for this, so find out by asking.
        listed = self._call("ls-remote", remote, name)
        if not listed.returncode and listed.stdout.decode().partition("\t")[0] != (tip or ""):
            message = f"{remote}/{branch} was changed by somebody else meanwhile"
            raise PublishError(Problem("git push", 0, message, "run `threadpress publish` again"))
        hint = f"see that `git push {remote}` works and that the branch may be written"
        raise self._error("push", result.returncode, result.stdout + result.stderr, hint)

    def _error(self, name: str, code: int, said: bytes, hint: str = _MEND) -> PublishError:
        return PublishError(self._seen_from_here(failure(name, code, said, hint)))

    def _seen_from_here(self, problem: Problem) -> Problem:
        """Make the commands in a hint ones that mean the folder of the site, wherever the user is."""
        if self.folder == Path():
            return problem
        there = f"`git -C {shlex.quote(self.folder.as_posix())} "
        hint = _OF_A_FOLDER.sub(lambda _: there, problem.hint).replace(" here", "")
        return msgspec.structs.replace(problem, hint=hint)

    def _text(self, *arguments: str) -> str:
        return self._do(*arguments).decode("utf-8", "replace").strip()

    def _do(self, *arguments: str, stdin: bytes = b"", index: str | None = None, hint: str = "") -> bytes:
        """Run git and give its output; raises `PublishError` if it fails."""
        result = self._call(*arguments, stdin=stdin, index=index)
        if result.returncode:
            name = next(argument for argument in arguments if argument not in _NAMED)
            raise self._error(name, result.returncode, result.stderr, hint or _MEND)
        return result.stdout

    def _call(
        self, *arguments: str, stdin: bytes = b"", index: str | None = None, hooks: bool = False
    ) -> subprocess.CompletedProcess[bytes]:
        environment = _environment() | ({} if index is None else {"GIT_INDEX_FILE": index})
        command = _command(*arguments, hooks=hooks)
        try:
            return subprocess.run(
                command, cwd=self.folder, env=environment, input=stdin, capture_output=True, check=False
            )
        except FileNotFoundError as error:
            problem = Problem("git", 0, "it is not installed", "install it, e.g. `apt install git`")
            raise PublishError(problem) from error


def _command(*arguments: str, hooks: bool = False) -> list[str]:
    return ["git", *(_QUIET[2:] if hooks else _QUIET), *arguments]


def _environment() -> dict[str, str]:
    """Make the environment for git, in which its messages are in English."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_") or name.startswith(_KEPT)}
    return kept | {"LC_ALL": "C"}


def failure(name: str, code: int, said: bytes, hint: str) -> Problem:
    """Report that `git NAME` ended with a code other than 0. `hint` is for causes that nobody here knows."""
    lines = list(_lines(said))
    if not lines:
        lines = [f"it was ended by signal {-code}" if code < 0 else f"it failed with code {code}"]
    return Problem(f"git {name}", 0, _sentence(lines), _hint(lines) or hint)


def _lines(said: bytes) -> Iterator[str]:
    for line in said.decode("utf-8", "replace").split("\n"):
        # What stands before a CR was overwritten on a terminal.
        if words := _MARKS.sub("", line.rstrip("\r").rpartition("\r")[2].strip()).strip():
            yield words


def _sentence(lines: list[str]) -> str:
    """Make one line of several."""
    parts = [line if line[-1] in ".:,;!?" else f"{line}," for line in lines]
    return " ".join(parts).rstrip(".,:")


def _hint(lines: list[str]) -> str:
    """Find the hint for a cause that git names in words of its own, or in those of the system."""
    text = "\n".join(lines)
    for pattern, hint in _CAUSES:
        if match := pattern.search(text):
            return match.expand(hint)
    for line in lines:
        if not line.startswith("remote:"):  # that is about another machine
            for words, hint in _BY_WORDS.items():
                if line.rstrip(".").endswith(f": {words}"):
                    return hint
    return ""
