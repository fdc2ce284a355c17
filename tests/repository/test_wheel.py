"""What is built is what was tested: the wheel, made from the sdist, screens the shipped example as the tree does."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

EXAMPLE = "examples/NCT04762485/needs-review.json"


def run(*command: str | Path, cwd: Path, environment: dict[str, str] | None = None) -> str:
    """Standard output of a command that must succeed, run without anything that would lead it back to the tree."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")} | (environment or {})
    ran = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=300
    )
    assert ran.returncode == 0, f"{command} failed:\n{ran.stdout[-2000:]}\n{ran.stderr[-4000:]}"
    return ran.stdout


@pytest.fixture(scope="module")
def copy(root: Path, tracked: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tracked files alone."""
    copy = tmp_path_factory.mktemp("tree")
    for path in tracked:
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(root / path, copy / path, follow_symlinks=False)
    return copy


@pytest.fixture(scope="module")
def built(copy: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist and the wheel."""
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", out, copy, cwd=copy)
    return out


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    (path,) = built.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment's `bin` with the wheel in it; its dependencies are those of this test run."""
    venv = tmp_path_factory.mktemp("venv")
    run(sys.executable, "-m", "venv", "--without-pip", venv, cwd=venv)
    python = venv / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python)
    run(*pip, "install", "--no-deps", "--no-index", wheel, cwd=venv)
    ours = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=venv).strip()
    # The line adds the folder but runs none of its .pth files, so the editable install stays out of sight.
    folders = dict.fromkeys((sysconfig.get_path("purelib"), sysconfig.get_path("platlib")))
    (Path(ours) / "dependencies.pth").write_text("\n".join(folders) + "\n", encoding="utf-8")
    return venv / "bin"


def test_the_wheel_holds_every_file_of_the_package(root: Path, tracked: list[Path], wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    folders = {"rules", "engine", "fhir_adapters", "service"}
    expected = {f"trialsieve/{path}" for path in tracked if path.parts[0] in folders and len(path.parts) > 1}
    assert expected - held == set()
    assert "trialsieve/py.typed" in held


def test_the_wheel_holds_nothing_else(tracked: list[Path], wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = archive.namelist()
    known = {f"trialsieve/{path}" for path in tracked} | {str(path).removeprefix("src/") for path in tracked}
    assert [name for name in held if name not in known and ".dist-info/" not in name] == []


def test_a_wheel_holds_nothing_that_an_earlier_version_left_in_the_build_folder(
    copy: Path, wheel: Path, tmp_path: Path
) -> None:
    """pip builds where it is told to install from, and leaves `build/` there."""
    left = copy / "build" / "lib" / "trialsieve"
    for folder, name in (("engine", "gone.py"), ("rules/trials", "withdrawn.yaml")):
        (left / folder).mkdir(parents=True, exist_ok=True)
        (left / folder / name).write_text("", encoding="utf-8")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check")
    run(*pip, "wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", tmp_path, copy, cwd=tmp_path)
    (again,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as first, zipfile.ZipFile(again) as second:
        assert sorted(second.namelist()) == sorted(first.namelist())


def test_the_wheel_and_the_sdist_hold_licence_and_notice(root: Path, built: Path, wheel: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    for name in ("LICENSE", "NOTICE"):
        with zipfile.ZipFile(wheel) as archive:
            (member,) = [held for held in archive.namelist() if held.endswith(f".dist-info/licenses/{name}")]
            assert archive.read(member) == (root / name).read_bytes()
        with tarfile.open(sdist) as archive_of_source:
            assert [m for m in archive_of_source.getnames() if m.count("/") == 1 and m.endswith(f"/{name}")]


def test_the_sdist_holds_files_and_no_links(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        assert [member.name for member in archive.getmembers() if member.issym() or member.islnk()] == []


def test_the_installed_package_is_the_wheels(installed: Path, tmp_path: Path) -> None:
    where = run(installed / "python", "-c", "import trialsieve; print(trialsieve.__file__)", cwd=tmp_path).strip()
    assert Path(where).is_relative_to(installed.parent)


def test_the_installed_package_screens_the_shipped_example(root: Path, installed: Path, tmp_path: Path) -> None:
    # The record is copied to where both runs see it under the same name: `source` is part of the answer.
    shutil.copy(root / EXAMPLE, tmp_path / "patient.json")
    question = ("screen", "patient.json", "--trial", "NCT04762485", "--as-of", "2026-11-20", "--format", "json")
    # A home of its own: no cache of compiled rules that another run has left.
    home = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    by_wheel = run(installed / "trialsieve", *question, cwd=tmp_path, environment=home)
    by_tree = run(Path(sys.executable).parent / "trialsieve", *question, cwd=tmp_path, environment=home)
    assert '"needs-review"' in by_wheel
    assert by_wheel == by_tree


KEEPS_AND_SHOWS = """
import sys
from trialsieve.service.pages.rendering import message
from trialsieve.service.storage.database import Database
from trialsieve.service.storage.tables import metadata
from sqlalchemy import inspect

database = Database(f"sqlite:///{sys.argv[1]}")
database.open()
with database.ask() as connection:
    assert set(metadata.tables) < set(inspect(connection).get_table_names())
database.close()
assert b"<h1>Title</h1>" in message(404, "Title").body
"""


def test_the_installed_package_holds_its_migrations_and_pages(installed: Path, tmp_path: Path) -> None:
    run(installed / "python", "-c", KEEPS_AND_SHOWS, tmp_path / "kept.sqlite", cwd=tmp_path)
