"""Every reader of files that a stranger could send: valid seeds, how to damage them, the call.

A new reader is one more `Reader` in `READERS`: a name, a function that gives its valid seeds, a
mutator, and a call that takes the damaged content and an empty folder of its own.
"""

import gzip
import hashlib
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from fuzz_mutate import Mutator, on_bytes, on_csv, on_json, on_lines, on_parquet, on_zip

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "candidates"))

Seeds = Callable[[], list[bytes]]
Call = Callable[[bytes, Path], object]


@dataclass(frozen=True)
class Reader:
    """A reader under test; `share` is its part of all inputs, less where one input takes long."""

    name: str
    seeds: Seeds
    mutate: Mutator
    call: Call
    share: float = 1.0


def text(content: bytes) -> str:
    """Give bytes as the command line gives arguments."""
    return content.decode("utf-8", "surrogateescape")


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


# Campaign files and settings


def _tomls() -> list[bytes]:
    from maiscreen.screen.campaign.campaign import Campaign
    from maiscreen.screen.campaign.space import Space

    wide = Campaign(space=Space(blends=2, temperatures_c=(25.0, 60.0), columns=("index", "score")))
    examples = (ROOT / "benchmarks" / "wide.toml").read_bytes()
    return [Campaign().to_toml().encode(), wide.to_toml().encode(), examples]


def _campaign(content: bytes, folder: Path) -> object:
    from maiscreen.screen.campaign.campaign import Campaign

    path = folder / "campaign.toml"
    path.write_bytes(content)
    found = Campaign.from_toml(path)
    return found.fingerprint(), Campaign.from_dict(found.to_dict())


def _settings() -> list[bytes]:
    return [b"temperature_c=60", b'metals=["Sn", "Si"]', b"weights.adhesion=2", b"name=x",
            b"space.temperatures_c=[25, 60]", b"state=as_formed", b"models=a,b"]  # fmt: skip


def _set(content: bytes, folder: Path) -> object:
    from maiscreen.screen.campaign.campaign import Campaign

    return Campaign().with_settings([text(content)])


# Formulas and SMILES


def _formulas() -> list[bytes]:
    return [b"Na2SnCl6", b"Ca3(PO4)2", b"Na1.17Sn2", b"((NaCl)2[SnCl4]0.5)3", b"SnCl4", b"D2O"]


def _formula(content: bytes, folder: Path) -> object:
    from maiscreen.candidates.chemistry.formula import compositions, parse_formulas

    found, refused = parse_formulas([text(content), "NaCl", *text(content).split("Na")])
    assert len(found) + len(refused) == 2 + len(text(content).split("Na"))
    return found.key, compositions([text(content)]).key


def _precursor(content: bytes, folder: Path) -> object:
    from maiscreen.candidates.precursors.precursor import Precursor

    return Precursor.parse(text(content)).formula


def _smiles_seeds() -> list[bytes]:
    return [b"C[Si](C)(Cl)Cl", b"[Cl-].[Ti+4]", b"CC[Al](CC)Cl", b"C1CCCCC1[Sn](Cl)(Cl)Cl",
            b"[SiH3]Cl", b"F[Si]%12(F)CCC%12", b"O=[V](Cl)(Cl)Cl"]  # fmt: skip


def _smiles(content: bytes, folder: Path) -> object:
    from maiscreen.candidates.molecules.smiles import groups_on, read_smiles

    found = read_smiles(text(content))
    return found and groups_on(found, "Si")


# Snapshots


@cache
def _documents() -> Any:
    from mp_documents import documents

    return documents(("Sn", "Si", "Ti"), ("Cl",))


class Answering:
    """Documents as the service gives them, without the service."""

    endpoint, requests = "https://example.org/", 0

    def version(self) -> str:
        return "2026.11.01"

    def search(self, route: str, **criteria: Any) -> list[dict[str, Any]]:
        if route == "structures":
            return []
        found = [dict(one) for one in _documents().of(route)]
        kinds = criteria.get("thermo_types") if route == "thermo" else None
        return [one for one in found if kinds is None or one["thermo_type"] in kinds][:40]


@cache
def _snapshot_files() -> dict[str, bytes]:
    """Build a small snapshot of all tables."""
    from maiscreen.candidates.materials_project.build import phase_rows, snapshot_files  # fmt: skip
    from maiscreen.candidates.materials_project.documents import parse_documents
    from maiscreen.candidates.materials_project.fetch import Fetched
    from maiscreen.candidates.materials_project.query import CORRECTIONS, PBE, Query

    query, service = Query(("Sn", "Si", "Ti"), ("Cl",)), Answering()
    docs = {route: service.search(route, thermo_types=[PBE]) for route in
            ("thermo", "summary", "elasticity", "structures")}  # fmt: skip
    found = parse_documents(Fetched(docs, "1", "2026-11-01"), query)
    phases = phase_rows(found.rows)
    files = snapshot_files(phases, found)
    manifest = {
        "name": "small", "format": 1, "functional": "PBE", "volumes": "Materials Project",
        "corrections": CORRECTIONS[PBE], "thermo_type": PBE, "query": query.to_dict(),
        "rows": len(phases), "materials": len(found.rows), "refused": found.refused,
        "elasticity": len(found.elasticity), "structures": len(found.structures),
    }  # fmt: skip
    return files | {"manifest.json": json.dumps(manifest).encode()}


def _snapshot_seed(name: str) -> Seeds:
    def seeds() -> list[bytes]:
        files = dict(_snapshot_files())
        if name != "manifest.json":
            return [files[name]]
        manifest = json.loads(files.pop(name))
        hashes = {one: sha256(content) for one, content in files.items()}
        return [json.dumps({**manifest, "files": hashes}).encode()]

    return seeds


def _snapshot(name: str) -> Call:
    def call(content: bytes, folder: Path) -> object:
        files = _snapshot_files() | {name: content}
        if name != "manifest.json":
            # Sealed again: else nothing behind the hash would ever be reached.
            manifest = json.loads(files["manifest.json"])
            hashes = {k: sha256(v) for k, v in files.items() if k != "manifest.json"}
            files["manifest.json"] = json.dumps({**manifest, "files": hashes}).encode()
        for one, data in files.items():
            (folder / one).write_bytes(data)
        return _use_snapshot(folder)

    return call


def _use_snapshot(folder: Path) -> object:
    from maiscreen.candidates.snapshot import snapshot as s
    from maiscreen.candidates.snapshot.check import verify
    from maiscreen.candidates.snapshot.tables import structure

    found = s.load_snapshot(folder)
    s.check_covers(found, ("Sn",), ("Cl",))
    s.phase_system(found, "Sn", "Cl"), s.formation_energies_ev_atom(found)
    s.phase_volume_a3_atom(found)
    structure(found, "SnCl4"), structure(found, "NaSn")
    return verify(found)


def _answers() -> list[bytes]:
    service = Answering()
    thermo = service.search("thermo", thermo_types=["GGA_GGA+U"])
    return [json.dumps(thermo[:6], default=str).encode(),
            json.dumps([one for one in thermo if len(one["composition"]) > 1][:3], default=str)
            .encode()]  # fmt: skip


def _answer(content: bytes, folder: Path) -> object:
    from maiscreen.candidates.materials_project.documents import parse_documents
    from maiscreen.candidates.materials_project.fetch import fetch
    from maiscreen.candidates.materials_project.query import Query

    query, service = Query(("Sn", "Si", "Ti"), ("Cl",)), Answering()
    plan = {"query": query.to_dict(), "database_version": service.version(), "retrieved": "x"}
    out = folder / ".part"
    out.mkdir()
    (out / "plan.json").write_text(json.dumps(plan))
    for name in ("thermo-0000", "summary-0001", "elasticity-0000", "structures-0001"):
        (out / f"{name}.json").write_bytes(content)
    return parse_documents(fetch(service, query, out, lambda done, total: None), query)


def _plan(content: bytes, folder: Path) -> object:
    from maiscreen.candidates.materials_project.fetch import _open_folder
    from maiscreen.candidates.materials_project.query import Query

    (folder / "x").mkdir()
    (folder / "x" / "plan.json").write_bytes(content)
    return _open_folder(folder / "x", Query(("Sn",), ("Cl",)), "2026.11.01")


def _plans() -> list[bytes]:
    from maiscreen.candidates.materials_project.query import Query

    query = Query(("Sn",), ("Cl",)).to_dict()
    plan = {"query": query, "database_version": "2026.11.01", "retrieved": "2026-11-02"}
    return [json.dumps(plan).encode()]


def _entries_json() -> list[bytes]:
    found = []
    for one in Answering().search("thermo", thermo_types=["GGA_GGA+U"])[:12]:
        found += [e for e in (one.get("entries") or {}).values() if e]
    return [json.dumps(found[k : k + 2], default=str).encode() for k in (0, 4)]


def _entries(suffix: str) -> Call:
    def call(content: bytes, folder: Path) -> object:
        from maiscreen.candidates.entries.files import read_entries

        path = folder / f"mine.{suffix}"
        path.write_bytes(content)
        references = {"Na": -1.3, "Sn": -4.0, "Cl": -1.8, "Si": -5.4, "Ti": -7.8}
        return read_entries(path, "GGA_GGA+U", references)

    return call


def _entries_csv() -> list[bytes]:
    return [b"formula,formation_energy_ev_atom,scheme,volume_a3_atom,entry_id\n"
            b"NaSn,-0.2,GGA_GGA+U,25,a\nNa2SnCl6,-1.9,GGA_GGA+U,,b\n"
            b"SnCl4,-1.2,GGA_GGA+U,40,"]  # fmt: skip


# Models


def _model_folder() -> Path:
    return ROOT / "models" / "data" / "surrogates" / "shear_modulus_gpa"


def _cards() -> list[bytes]:
    return [(_model_folder() / "card.json").read_bytes()]


def _card(content: bytes, folder: Path) -> object:
    from maiscreen.models.predictions.learned import digest
    from maiscreen.models.storage.model import load_card
    from maiscreen.models.storage.store import model_entries
    from maiscreen.runners.cli.model_cards import as_lines, as_markdown, card_text, table

    (folder / "mine").mkdir()
    (folder / "mine" / "card.json").write_bytes(content)
    found = [one for one in model_entries(folder) if one.name == "mine"]
    table(found), as_lines(found)
    card = load_card(folder / "mine")
    return card_text(card), as_markdown(found), digest(card), card.version


@cache
def _tiny_model() -> dict[str, bytes]:
    """Train a small model of the kind that maiscreen trains."""
    import numpy as np
    from lightgbm import LGBMRegressor
    from sklearn.linear_model import Ridge

    from maiscreen.descriptors.composition.features import FEATURE_LABELS
    from maiscreen.models.learning.trees import Trees
    from maiscreen.models.storage.arrays import pack_arrays
    from maiscreen.models.storage.foreign import pack_estimator

    rng = np.random.default_rng(0)
    x = rng.normal(size=(80, len(FEATURE_LABELS) + 1))
    same: dict[str, Any] = {"deterministic": True, "force_row_wise": True, "n_jobs": 1,
                            "verbose": -1, "random_state": 0, "n_estimators": 3,
                            "num_leaves": 5}  # fmt: skip
    value = LGBMRegressor(objective="huber", alpha=0.1, **same).fit(x[:, :-1], x[:, 0])
    errors = LGBMRegressor(**same).fit(x, np.abs(x[:, 1]))
    arrays: dict[str, Any] = {"counts": np.arange(118)}
    for name, one in (("estimator", value), ("errors", errors)):
        arrays |= {f"{name}.{key}": array for key, array in Trees.of(one).arrays().items()}
    student = (_model_folder() / "student.npz").read_bytes()
    ridge = pack_estimator(Ridge().fit(x[:, :-1], x[:, 0]))
    return {"model.npz": pack_arrays(arrays), "student.npz": student, "estimator.skops": ridge}


def _model_seed(name: str) -> Seeds:
    return lambda: [_tiny_model()[name]]


def _skops_member(rng: Random, name: str, content: bytes) -> bytes:
    from fuzz_mutate import mutated_json, npy

    if name != "schema.json":
        return npy(rng, content)
    if rng.random() < 0.15:
        return on_bytes(rng, content)
    schema = mutated_json(rng, json.loads(content))
    return json.dumps(schema).encode("utf-8", "surrogatepass")


def _model_file(name: str) -> Call:
    def call(content: bytes, folder: Path) -> object:
        from maiscreen.models.storage.model import load

        files = _tiny_model() | {name: content}
        if name == "estimator.skops":
            files["model.npz"] = _without_estimator()
        else:
            del files["estimator.skops"]
        card = json.loads(_cards()[0])
        card["files"] = {one: sha256(data) for one, data in files.items() if one != "student.npz"}
        card["student"]["sha256"] = sha256(files["student.npz"])
        for one, data in files.items():
            (folder / one).write_bytes(data)
        (folder / "card.json").write_text(json.dumps(card))
        found = load(folder, trusted=["sklearn.linear_model._ridge.Ridge"])
        fast = found.predict(["NaSn", "SnCl4"], fast=True)
        return found.predict(["NaSn", "SnCl4"]), fast

    return call


def _without_estimator() -> bytes:
    from maiscreen.models.storage.arrays import pack_arrays, unpack_arrays

    arrays = unpack_arrays(_tiny_model()["model.npz"])
    return pack_arrays({key: one for key, one in arrays.items() if "estimator" not in key})


def _in_use() -> list[bytes]:
    return [json.dumps({"shear_modulus_gpa": {"name": "mine", "sha256": sha256(b"")}}).encode()]


def _registry(content: bytes, folder: Path) -> object:
    from maiscreen.models.storage.store import model_entries, resolve

    (folder / "in_use.json").write_bytes(content)
    (folder / "mine").mkdir()
    (folder / "mine" / "card.json").write_bytes(b"")
    return model_entries(folder), resolve(folder)


# Training data and labels


def _training_csv() -> list[bytes]:
    rows = b"".join(b"Na%dSn%d,%d.5,1,GPa\n" % (1 + k % 9, 1 + k % 7, 5 + k) for k in range(12))
    return [b"formula,shear_modulus_gpa,uncertainty,unit\n" + rows,
            b"formula;value\nNaCl;1.5\nNaBr;2.5\n", b"formula\tvalue\nKCl\t3\nKBr\t4"]  # fmt: skip


def _training_json() -> list[bytes]:
    rows = [{"formula": f"α-Na{1 + k}Sn", "value": f"<{k + 2}.5", "sites": [1]} for k in range(6)]
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    split = {"columns": ["formula", "value"], "data": [["NaCl", 1.5], ["NaBr", 2.5]]}
    by_row = {"formula": {"0": "NaCl", "1": "KCl"}, "value": {"0": 5, "1": 6}}
    return [json.dumps(form).encode() for form in (rows, columns, split, by_row, {"data": rows})]


def _training_packed() -> list[bytes]:
    return [gzip.compress(content, mtime=0) for content in (*_training_csv(), *_training_json())]


def _target_files() -> list[bytes]:
    return [b'name = "gap_ev"\nunit = "eV"\nlog10 = true\nlow = 1e-3\nhigh = 20\ndoc = "a"\n']


def _target_file(content: bytes, folder: Path) -> object:
    from maiscreen.models.training_files.target_file import read_target

    (folder / "gap.toml").write_bytes(content)
    return read_target(str(folder / "gap.toml"))


def _training(suffix: str) -> Call:
    def call(content: bytes, folder: Path) -> object:
        from maiscreen.models.training_files.read import read_data, summary

        path = folder / f"mine.{suffix}"
        path.write_bytes(content)
        return summary(read_data("shear_modulus_gpa", path, "GPa").left_out)

    return call


def _training_parquet() -> list[bytes]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table({"formula": ["NaCl", "KCl", "Na2O"], "value": [12.5, 9.5, 30.0],
                      "weight": [1, 2, 3], "day": pa.array([0, 1, 2], pa.timestamp("us")),
                      "tag": pa.array(["a", "b", "a"]).dictionary_encode()})  # fmt: skip
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    return [sink.getvalue().to_pybytes()]


def _label_lines() -> list[bytes]:
    from maiscreen.models.labels.labels import load_labels, to_lines

    wanted = [one for one in load_labels() if one.property in ("formation_energy", "volume")]
    alloys = [one for one in wanted if one.formula[:2] == "Na" and len(one.formula) > 3]
    return [to_lines(alloys[:40]).encode()]


def _labels(content: bytes, folder: Path) -> object:
    from maiscreen.models.labels.evidence import evidence_of
    from maiscreen.models.training_files.read import read_data

    (folder / "labels.jsonl").write_bytes(content)
    found = evidence_of(str(folder))
    return found, read_data("formation_energy_ev_atom", folder)


def _registers() -> list[bytes]:
    from maiscreen.models.labels.potential_files import write_register
    from maiscreen.models.labels.potentials import PotentialEntry, WeightsFile

    files = (WeightsFile("weights.pt", "ab" * 32),)
    entry = PotentialEntry("mine", "a.b:C", (("scale", 2.5), ("path", "{file}")), files, own=True)
    return [write_register([entry, PotentialEntry("other", "a.b:D", own=True)])]


def _register(content: bytes, folder: Path) -> object:
    from maiscreen.models.labels.evidence import evidence_of
    from maiscreen.models.training_files.read import read_data

    (folder / "labels.jsonl").write_bytes(_label_lines()[0])
    (folder / "potentials.json").write_bytes(content)
    found = evidence_of(str(folder))
    return found, read_data("formation_energy_ev_atom", folder)


def _potential_files() -> list[bytes]:
    return [b'name = "mine"\ncalculator = "a.b:C"\nfunctional = "PBE"\nenergies = "MP2020"\n'
            b'files = []\nopinion_alone = true\n[arguments]\nscale = 2.5\n']  # fmt: skip


def _potential_file(content: bytes, folder: Path) -> object:
    from maiscreen.models.labels.potential_files import (
        read_potential,
        read_register,
        write_register,
    )

    (folder / "mine.toml").write_bytes(content)
    entry = read_potential(folder / "mine.toml")
    return read_register(write_register([entry]), "labels", folder)


def _label_receipts() -> list[bytes]:
    from maiscreen.models.labels.labels import load_labels, to_lines

    lines = to_lines([one for one in load_labels() if one.formula == "Na15Sn4"][:2])
    job = ["Na15Sn4", "structure", "7net-0"]
    return [json.dumps({"job": job, "traceback": "", "sha256": sha256(lines.encode()),
                        "labels": lines}).encode()]  # fmt: skip


def _label_store(content: bytes, folder: Path) -> object:
    from maiscreen.runners.runs import labels_receipts as store

    where = folder / ".maiscreen" / "labels"
    where.mkdir(parents=True)
    (where / "Na15Sn4-structure-7net-0.json").write_bytes(content)
    (folder / "manifest.json").write_bytes(content)
    store.read_receipts(folder)
    store.check_folder(folder)
    store.read_table(folder)
    return store.read_labels(folder)


# Campaign folders

FINGERPRINT = "ab" * 32

PART, RECEIPT = "0000000015.parquet", "0000000015.json"
"""Ends of the names of the files of the only task."""


@cache
def _small_campaign() -> Any:
    from maiscreen.screen.campaign.campaign import Campaign

    return Campaign(metals=("Si", "Ti", "Sn"), halogens=("Cl",), fidelity="F0", samples=100)


@cache
def _campaign_files() -> dict[str, bytes]:
    """Run a small campaign once; give the files of its folder."""
    import tempfile

    from maiscreen.runners.runs.campaign import run

    with tempfile.TemporaryDirectory() as folder:
        run(_small_campaign(), folder, serially=True)
        root = Path(folder)
        return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def _named(end: str) -> str:
    """Find a file of the small campaign: of parts, by what their names end with."""
    return next(name for name in sorted(_campaign_files()) if name.endswith(end))


def _campaign_seed(end: str) -> Seeds:
    return lambda: [_campaign_files()[_named(end)]]


def _campaign_folder(end: str) -> Call:
    def call(content: bytes, folder: Path) -> object:
        files = _campaign_files() | {_named(end): _seal_anew(content)}
        if end == "ranking.parquet":
            _reseal(files, "manifest.json", ("files", "ranking.parquet"), content)
        elif end == PART:
            _reseal(files, _named(RECEIPT), ("sha256",), content)
        for name, data in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return _use_campaign(folder)

    return call


def _reseal(files: dict[str, bytes], name: str, keys: tuple[str, ...], content: bytes) -> None:
    whole = json.loads(files[name])
    place = whole
    for key in keys[:-1]:
        place = place[key]
    place[keys[-1]] = sha256(content)
    files[name] = _seal_anew(json.dumps(whole).encode())


def _seal_anew(content: bytes) -> bytes:
    """Seal an object that was sealed, so that what it says now is read."""
    from maiscreen.candidates.reading.sealed import KEY, seal_json

    try:
        whole = json.loads(content)
    except (ValueError, RecursionError):
        return content
    sealed = isinstance(whole, dict) and whole.pop(KEY, None) and whole
    return seal_json(json.dumps(whole)) if sealed else content


def _use_campaign(folder: Path) -> object:
    """Read a folder as every command does that reads one; each may refuse it."""
    from contextlib import suppress

    from maiscreen.candidates.errors import InputError
    from maiscreen.runners.folder import ownership as f
    from maiscreen.runners.folder.status import status
    from maiscreen.runners.folder.verify import verify

    for read in (_shortlisted, status, verify, f.read_manifest,
                 lambda out: f.check_ours(out, FINGERPRINT, _small_campaign().to_dict()),
                 ):  # fmt: skip
        with suppress(InputError):
            read(folder)
    return _ranked(folder)


def _shortlisted(folder: Path) -> object:
    from maiscreen.runners.folder.ownership import read_findings
    from maiscreen.screen.shortlist.choose import shortlist, to_csv, to_json

    rows = shortlist(read_findings(folder), 10)
    return to_csv(rows), to_json(rows)


def _ranked(folder: Path) -> object:
    """Go on with the parts of the folder, as a run does."""
    return _rank_parts(_small_campaign(), folder)


def _rank_parts(campaign: Any, folder: Path) -> object:
    from maiscreen.runners.folder.files import HIDDEN
    from maiscreen.runners.runs.campaign import rank_parts
    from maiscreen.runners.work.parts import Parts
    from maiscreen.screen.screens.choose import screen_of

    own = next(path.name for path in (folder / HIDDEN).iterdir() if path.is_dir())
    parts = Parts(folder, own)
    receipts = parts.receipts()
    return receipts and rank_parts(screen_of(campaign), parts, receipts)


# Wide campaigns


@cache
def _wide_files() -> dict[str, bytes]:
    import tempfile

    from maiscreen.runners.runs.campaign import run

    with tempfile.TemporaryDirectory() as folder:
        run(_wide(), folder, serially=True)
        root = Path(folder)
        return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}


@cache
def _wide() -> Any:
    from dataclasses import replace

    from maiscreen.screen.campaign.space import Space

    return replace(_small_campaign(), space=Space(blends=2, ratio_steps=2, front_runners=5))


def _wide_seed(part: str) -> Seeds:
    return lambda: [next(c for name, c in sorted(_wide_files().items()) if part in name)]


def _wide_receipt(content: bytes, folder: Path) -> object:
    from contextlib import suppress

    from maiscreen.candidates.errors import InputError
    from maiscreen.runners.folder.status import status
    from maiscreen.runners.folder.verify import verify

    for name, data in _wide_files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        mine = "/part-" in name and name.endswith(".json")
        path.write_bytes(_seal_anew(content) if mine else data)
    for read in (status, verify):
        with suppress(InputError):
            read(folder)
    return _rank_parts(_wide(), folder)


def _ingredients_seed() -> list[bytes]:
    return _wide_seed("prepared.npz")()


def _ingredients(content: bytes, folder: Path) -> object:
    from contextlib import suppress

    from maiscreen.screen.blends.ingredients import ingredients_from_bytes

    with suppress(ValueError):  # as it says of itself
        ingredients_from_bytes(content)
    return None


def _xlsx_member(rng: Random, name: str, content: bytes) -> bytes:
    return on_bytes(rng, content)


def _npz_member(rng: Random, name: str, content: bytes) -> bytes:
    from fuzz_mutate import npy

    return npy(rng, content)


# Clusters, laboratory results, what runs note down


def _cluster_files() -> list[bytes]:
    import re

    page = (ROOT / "docs" / "clusters.md").read_text()
    return [found.encode() for found in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)]


def _cluster_file(content: bytes, folder: Path) -> object:
    from maiscreen.runners.cluster.queue_file import read_cluster_file

    path = folder / "cluster.yaml"
    path.write_bytes(content)
    return read_cluster_file(path)


@cache
def _catalogue() -> Any:
    from maiscreen.screen.facts.precursors import Catalogue

    return Catalogue()


def _lab_csvs() -> list[bytes]:
    messy = "Formel;Zyklen bis Ausfall;Stromdichte (mA/cm²);Dicke\nSnCl4;> 650;0,5;12 µm\n"
    return [(ROOT / "docs" / "lab_paper.csv").read_bytes(), messy.encode("cp1252")]


def _lab_sheets() -> list[bytes]:
    import csv
    import io

    from openpyxl import Workbook
    from openpyxl.cell.rich_text import CellRichText, TextBlock
    from openpyxl.cell.text import InlineFont

    book = Workbook()
    for row in csv.reader(io.StringIO(_lab_csvs()[0].decode("utf-8-sig"))):
        book.active.append(row)
    book.active.append(["SnCl4", CellRichText("6", TextBlock(InlineFont(strike=True), "50"))])
    book.active["C2"].number_format = '0.0 "µm"'
    book.active.row_dimensions[3].hidden = True
    book.active.merge_cells("A8:B9")
    written = io.BytesIO()
    book.save(written)
    return [written.getvalue()]


def _lab(name: str) -> Call:
    def call(content: bytes, folder: Path) -> object:
        from maiscreen.screen.lab_sheet.reader import read_results

        return read_results(content, name, _catalogue())

    return call


def _owners() -> list[bytes]:
    from maiscreen.runners.folder.owner import own_identity

    return [own_identity("f" * 64).to_bytes()]


def _owner(content: bytes, folder: Path) -> object:
    from maiscreen.runners.folder.owner import owner_from_bytes

    found = owner_from_bytes(content)
    return found and (str(found), found.is_here, found.is_gone)


def _logs() -> list[bytes]:
    return [next(c for name, c in sorted(_wide_files().items()) if "/log-" in name)]


def _log(content: bytes, folder: Path) -> object:
    from maiscreen.runners.folder.log import read_run_info

    path = folder / "log-1.jsonl"
    path.write_bytes(content)
    return read_run_info(path)


# fmt: off
READERS = (
    Reader("campaign file", _tomls, on_bytes, _campaign, 3),
    Reader("setting", _settings, on_bytes, _set, 2),
    Reader("formula", _formulas, on_bytes, _formula, 3),
    Reader("precursor", _formulas, on_bytes, _precursor, 2),
    Reader("SMILES", _smiles_seeds, on_bytes, _smiles, 3),
    Reader("snapshot manifest", _snapshot_seed("manifest.json"), on_json,
           _snapshot("manifest.json"), 0.3),
    Reader("snapshot phases", _snapshot_seed("phases.csv"), on_csv, _snapshot("phases.csv"), 0.3),
    Reader("snapshot materials", _snapshot_seed("materials.csv"), on_csv,
           _snapshot("materials.csv"), 0.3),
    Reader("snapshot structures", _snapshot_seed("structures.parquet"), on_parquet,
           _snapshot("structures.parquet"), 0.3),
    Reader("kept answers", _answers, on_json, _answer, 0.3),
    Reader("plan of a fetch", _plans, on_json, _plan),
    Reader("entries JSON", _entries_json, on_json, _entries("json"), 0.3),
    Reader("entries CSV", _entries_csv, on_csv, _entries("csv")),
    Reader("model card", _cards, on_json, _card),
    Reader("model file", _model_seed("model.npz"), on_zip(_npz_member),
           _model_file("model.npz"), 0.5),
    Reader("student file", _model_seed("student.npz"), on_zip(_npz_member),
           _model_file("student.npz"), 0.2),
    Reader("estimator file", _model_seed("estimator.skops"), on_zip(_skops_member),
           _model_file("estimator.skops"), 0.3),
    Reader("store of models", _in_use, on_json, _registry),
    Reader("training CSV", _training_csv, on_csv, _training("csv")),
    Reader("training JSON", _training_json, on_json, _training("json"), 0.5),
    Reader("packed training data", _training_packed, on_bytes, _training("csv.gz"), 0.5),
    Reader("file of a target", _target_files, on_bytes, _target_file, 0.5),
    Reader("training Parquet", _training_parquet, on_parquet, _training("parquet")),
    Reader("labels", _label_lines, on_lines(on_json), _labels),
    Reader("register of potentials", _registers, on_json, _register, 0.3),
    Reader("file of a potential", _potential_files, on_bytes, _potential_file),
    Reader("label receipts", _label_receipts, on_json, _label_store),
    Reader("campaign manifest", _campaign_seed("manifest.json"), on_json,
           _campaign_folder("manifest.json"), 0.3),
    Reader("campaign record", _campaign_seed("campaign.json"), on_json,
           _campaign_folder("campaign.json"), 0.3),
    Reader("ranking", _campaign_seed("ranking.parquet"), on_parquet,
           _campaign_folder("ranking.parquet"), 0.3),
    Reader("part", _campaign_seed(PART), on_parquet, _campaign_folder(PART), 0.3),
    Reader("receipt", _campaign_seed(RECEIPT), on_json, _campaign_folder(RECEIPT), 0.3),
    Reader("receipt of a part", _wide_seed("/part-"), on_json, _wide_receipt, 0.3),
    Reader("ingredients", _ingredients_seed, on_zip(_npz_member), _ingredients),
    Reader("cluster file", _cluster_files, on_bytes, _cluster_file, 2),
    Reader("results CSV", _lab_csvs, on_csv, _lab("results.csv"), 2),
    Reader("results XLSX", _lab_sheets, on_zip(_xlsx_member), _lab("results.xlsx")),
    Reader("lock", _owners, on_json, _owner),
    Reader("log", _logs, on_lines(on_json), _log),
)
# fmt: on
"""All of them."""


def chosen(names: str) -> Iterator[Reader]:
    """Give the readers of a list of names with commas; all for an empty one."""
    wanted = [name for name in names.split(",") if name]
    return (one for one in READERS if not wanted or one.name in wanted)
