"""Snapshots fetched by the real client from the stand-in of the service, faults included."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import mp_documents as made
import mp_server as faulty
import pytest
from mp_documents import Documents
from mp_server import KEY, Server

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.materials_project import fetch
from maiscreen.candidates.materials_project.build import BuildResult, build_materials_project
from maiscreen.candidates.materials_project.query import R2SCAN, Query
from maiscreen.candidates.materials_project.service import RetryPolicy, ServiceError, open_service
from maiscreen.candidates.snapshot.folder import work_folder
from maiscreen.candidates.snapshot.snapshot import load_snapshot
from maiscreen.candidates.snapshot.tables import structure, table
from maiscreen.models.crystals.symmetry import silence_spglib

Start = Callable[..., Server]
QUERY = Query(("Sn", "Si", "Ti", "V"), ("F", "Cl"))
QUICK = RetryPolicy(timeout_s=300.0, tries=3, backoff_s=0.001)


@pytest.fixture(autouse=True)
def small_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask for 15 systems at a time: the 29 systems of the query take five requests."""
    monkeypatch.setattr(fetch, "SYSTEMS_PER_REQUEST", 15)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, mp_documents: Documents) -> Iterator[Any]:
    """A server, and the snapshot that it gives without any fault."""
    out = tmp_path_factory.mktemp("undisturbed") / "snapshot"
    with Server(mp_documents) as server:
        yield server, out, build(server, out)


def build(
    server: Server,
    out: Path,
    query: Query = QUERY,
    patience: RetryPolicy = QUICK,
    told: Callable[[int, int], None] = lambda done, total: None,
) -> BuildResult:
    with open_service(KEY, server.endpoint, patience) as service:
        return build_materials_project(service, query, out, told)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@contextmanager
def at(server: Server, *faults: faulty.Fault) -> Iterator[Server]:
    server.revive(faults)
    yield server
    server.revive()


def test_same_documents_give_the_phases_of_the_embedded_snapshot(undisturbed: Any) -> None:
    _, out, _ = undisturbed
    names = ["formula", "na_count", "metal_count", "halogen_count", "formation_energy_ev_atom",
             "energy_above_hull_ev_atom"]  # fmt: skip
    embedded = [
        row
        for row in load_snapshot().phases.select([*names, "metal", "halogen"]).to_pylist()
        if row["metal"] in ("", *QUERY.metals) and row["halogen"] in ("", *QUERY.halogens)
    ]
    fetched = load_snapshot(out).phases.select([*names, "metal", "halogen"]).to_pylist()
    assert fetched == embedded
    assert len(fetched) > 60


def test_tables_hold_every_document(undisturbed: Any, mp_documents: Documents) -> None:
    _, out, built = undisturbed
    snapshot = load_snapshot(out)
    wanted = [
        d for d in mp_documents.thermo if d["thermo_type"] == made.GGA and not d["deprecated"]
    ]
    materials = {row["material_id"]: row for row in table(snapshot, "materials").to_pylist()}
    assert materials.keys() == {d["material_id"] for d in wanted}
    summaries = {d["material_id"]: d for d in mp_documents.summary}
    for document in wanted:
        row = materials[document["material_id"]]
        about = summaries[document["material_id"]]
        assert row["volume_a3_atom"] == pytest.approx(
            document["volume"] / document["nsites"], abs=1e-4
        )
        assert row["reported_above_hull_ev_atom"] == pytest.approx(document["energy_above_hull"])
        assert row["theoretical"] == about["theoretical"]
        assert row["band_gap_ev"] == pytest.approx(about["band_gap"])
    assert table(snapshot, "structures").num_rows == len(wanted)
    moduli = {row["material_id"]: row for row in table(snapshot, "elasticity").to_pylist()}
    assert moduli.keys() == {d["material_id"] for d in mp_documents.elasticity}
    for document in mp_documents.elasticity:
        row = moduli[document["material_id"]]
        assert row["bulk_modulus_gpa"] == pytest.approx(document["bulk_modulus"]["vrh"])
        assert json.loads(row["tensor_gpa"]) == document["elastic_tensor"]["ieee_format"]
    assert built.manifest["refused"] == [
        {"material_id": "mp-30001", "formula": "Na4Cl4", "reason": "is deprecated"}
    ]


def test_structures_are_those_of_the_lowest_material(undisturbed: Any) -> None:
    snapshot = load_snapshot(undisturbed[1])
    tin = structure(snapshot, "Na15Sn4")
    assert tin is not None
    assert tin.composition.reduced_formula == "Na15Sn4"
    with silence_spglib():
        assert tin.get_space_group_info()[1] == 220
    assert structure(snapshot, "NaXe") is None
    assert structure(load_snapshot(), "NaCl") is None


@pytest.mark.slow
def test_killed_at_any_request_it_goes_on_to_the_same_bytes(
    undisturbed: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, whole, _ = undisturbed
    monkeypatch.setattr(fetch, "SYSTEMS_PER_REQUEST", 7)
    out, asked = tmp_path / "out", []
    for _ in range(10):
        # Each attempt gets one answer and is then hung up on.
        with at(server, faulty.killed(1)):
            with pytest.raises(ServiceError, match="no proper answer"):
                build(server, out)
            asked.append(json.dumps(server.data_requests[0].query, sort_keys=True))
        assert not out.exists()
    build(server, out)
    assert contents(out) == contents(whole)
    assert not work_folder(out).exists()
    assert len(set(asked)) == 10, "an answer that was kept was asked for again"


@pytest.mark.slow
def test_faults_are_waited_out(
    undisturbed: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, whole, _ = undisturbed
    monkeypatch.setattr(fetch, "SYSTEMS_PER_REQUEST", 7)
    faults = [
        faulty.status(0, 429, retry_after=7),
        faulty.status(2, 500),
        faulty.status(4, 503),
        faulty.cut(6),
        faulty.hang_up(8),
        faulty.malformed(10),
        faulty.no_data(12),
        faulty.slow(14, 300.0),
        faulty.status(16, 502, times=2),
    ]
    pauses: list[float] = []
    monkeypatch.setattr("time.sleep", pauses.append)
    with at(server, *faults):
        # Where the machine is slow, more answers than one are too late, and asked for again.
        build(server, tmp_path / "out", patience=RetryPolicy(0.8, 30, 0.001))
    assert 7 in pauses, "Retry-After was not kept"
    assert contents(tmp_path / "out") == contents(whole)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (faulty.status(1, 500, times=99), "500"),
        (faulty.malformed(1, times=99), "JSONDecodeError"),
        (faulty.no_data(1, times=99), "KeyError"),
        (faulty.killed(0), "Max retries exceeded"),
    ],
)
def test_what_does_not_pass_is_told(
    undisturbed: Any, tmp_path: Path, fault: faulty.Fault, text: str
) -> None:
    server = undisturbed[0]
    with at(server, fault), pytest.raises(ServiceError, match=text) as raised:
        build(server, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert KEY not in str(raised.value)
    assert raised.value.__context__ is None


@pytest.mark.slow
def test_refused_key(undisturbed: Any, tmp_path: Path) -> None:
    server = undisturbed[0]
    with (
        open_service("0" * 32, server.endpoint, QUICK) as service,
        pytest.raises(InputError, match="API key") as raised,
    ):
        build_materials_project(service, QUERY, tmp_path / "out", lambda done, total: None)
    assert "0" * 32 not in str(raised.value)
    with at(server, faulty.key_refused(3)), pytest.raises(InputError, match="API key"):
        build(server, tmp_path / "out")
    build(server, tmp_path / "out")  # What came before was kept.
    assert load_snapshot(tmp_path / "out").phases.num_rows


@pytest.mark.slow
def test_another_version_halfway_is_fetched_anew(undisturbed: Any, tmp_path: Path) -> None:
    server, whole, _ = undisturbed
    first = server.version
    progress: list[tuple[int, int]] = []
    with at(server, faulty.new_version(2, "2026.11.09")):
        build(server, tmp_path / "out", told=lambda done, total: progress.append((done, total)))
        assert len(server.data_requests) == 10
    server.version = first
    manifest = load_snapshot(tmp_path / "out").manifest
    assert manifest["database_version"] == "2026.11.09"
    assert contents(tmp_path / "out")["phases.csv"] == contents(whole)["phases.csv"]
    assert [done for done, _ in progress] == [1, 2, 3, 4, 5] * 2


@pytest.mark.slow
def test_another_version_between_two_calls(undisturbed: Any, tmp_path: Path) -> None:
    server = undisturbed[0]
    first = server.version
    with at(server, faulty.killed(3)), pytest.raises(ServiceError):
        build(server, tmp_path / "out")
    server.version = "2026.12.24"
    build(server, tmp_path / "out")
    server.version = first
    assert len(server.data_requests) == 5, "answers of the version before were taken"
    assert load_snapshot(tmp_path / "out").manifest["database_version"] == "2026.12.24"


@pytest.mark.slow
def test_documents_that_cannot_be_used_are_named(
    mp_documents: Documents, mp_server: Start, tmp_path: Path
) -> None:
    spoilt = mp_documents
    for formula, change in (
        ("SnCl4", made.without_correction),
        ("VF5", made.without_correction),
        ("Na15Sn4", made.with_none_energy),
        ("TiCl4", made.with_unknown_field),
        ("NaSn", lambda one: {**one, "volume": 1e9}),
        ("Na3Sn", lambda one: {**one, "energy_above_hull": 1e6}),
    ):
        spoilt = spoilt.changed("thermo", formula, change, every=False)
    built = build(mp_server(spoilt), tmp_path / "out")
    why = {one["formula"]: one["reason"] for one in built.manifest["refused"]}
    tin = made.documents(("Sn",), ("Cl",)).find("thermo", "SnCl4")["composition"]
    written = "".join(f"{e}{n:g}" for e, n in tin.items())
    assert why[written].startswith("correction of Cl missing: 0.000 eV per formula, -")
    assert next(r for f, r in why.items() if f.startswith("V")).startswith(
        "correction of F missing"
    )
    assert "has no formation_energy_per_atom" in why.values()
    assert any(reason.startswith("has a volume that none has") for reason in why.values())
    assert "has an energy that none has" in why.values()
    assert len(why) == 6  # With the deprecated one.
    phases = load_snapshot(tmp_path / "out").phases["formula"].to_pylist()
    assert {"SnCl4", "VF5", "Na15Sn4"}.isdisjoint(phases)
    assert "TiCl4" in phases


def test_one_functional_alone(mp_documents: Documents, undisturbed: Any, tmp_path: Path) -> None:
    server = undisturbed[0]
    query = Query(("Sn",), ("Cl", "F"), R2SCAN)
    built = build(server, tmp_path / "out", query)
    assert built.manifest["functional"] == "r2SCAN"
    of_type = {d["material_id"]: d for d in mp_documents.thermo if d["thermo_type"] == made.R2SCAN}
    rows = table(load_snapshot(tmp_path / "out"), "materials").to_pylist()
    assert len(rows) > 20
    for row in rows:
        document = of_type[row["material_id"]]
        assert row["formation_energy_ev_atom"] == pytest.approx(
            document["formation_energy_per_atom"], abs=1e-6
        )
        assert row["energy_ev_atom"] == row["uncorrected_energy_ev_atom"]


@pytest.mark.slow
def test_structures_of_summaries_where_an_entry_is_missing(
    mp_documents: Documents, mp_server: Start, undisturbed: Any, tmp_path: Path
) -> None:
    def bare(document: Any) -> Any:
        return {**document, "entries": {}}

    def larger(document: Any) -> Any:
        cell = {**document["structure"], "lattice": {**document["structure"]["lattice"]}}
        matrix = cell["lattice"]["matrix"]
        cell["lattice"]["matrix"] = [[1.01 * x for x in row] for row in matrix]
        return {**document, "structure": cell}

    spoilt = mp_documents
    for formula in ("SnCl4", "Na15Sn4"):
        spoilt = spoilt.changed("thermo", formula, bare)
    spoilt = spoilt.changed("summary", "SnCl4", larger)
    server = mp_server(spoilt)
    built = build(server, tmp_path / "out")
    assert [one.path.split("/")[-2] for one in server.data_requests][-2:] == [
        "elasticity",
        "summary",
    ]
    snapshot = load_snapshot(tmp_path / "out")
    tin, whole = structure(snapshot, "Na15Sn4"), structure(load_snapshot(undisturbed[1]), "Na15Sn4")
    assert tin is not None
    assert whole is not None
    assert tin.matches(whole)
    # A cell of another volume is of another functional.
    assert structure(snapshot, "SnCl4") is None
    assert built.manifest["unread"] == {"structures": 1, "elasticity": 0}


@pytest.mark.slow
def test_no_salt_no_snapshot(mp_documents: Documents, mp_server: Start, tmp_path: Path) -> None:
    spoilt = mp_documents.changed("thermo", "NaCl", made.without_correction)
    with pytest.raises(ServiceError, match="no usable energy of NaCl"):
        build(mp_server(spoilt), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_folders_that_are_taken(undisturbed: Any, tmp_path: Path) -> None:
    server, whole, _ = undisturbed
    before = contents(whole)
    server.revive()
    with pytest.raises(InputError, match="is there already"):
        build(server, whole)
    assert contents(whole) == before
    assert not server.requests
    with at(server, faulty.killed(2)), pytest.raises(ServiceError):
        build(server, tmp_path / "out")
    with pytest.raises(InputError, match="another query"):
        build(server, tmp_path / "out", Query(("Sn",), ("Cl",)))


@pytest.mark.slow
def test_an_answer_that_was_cut_on_disk_is_asked_for_again(
    undisturbed: Any, tmp_path: Path
) -> None:
    server, whole, _ = undisturbed
    with at(server, faulty.killed(2)), pytest.raises(ServiceError):
        build(server, tmp_path / "out")
    kept = sorted(work_folder(tmp_path / "out").glob("thermo-*.json"))
    assert len(kept) == 2
    kept[1].write_bytes(kept[1].read_bytes()[:100])
    build(server, tmp_path / "out")
    assert contents(tmp_path / "out") == contents(whole)


@pytest.mark.parametrize("address", ["ftp://127.0.0.1", "127.0.0.1:80", "http://me:word@host/", ""])
def test_addresses_that_are_none(address: str) -> None:
    with pytest.raises(InputError, match="--endpoint"), open_service(KEY, address):
        pass


def test_systems_are_those_of_the_space() -> None:
    query = Query(("Ge", "Sn"), ("Br", "Cl"))
    assert query.metals == ("Si", "Ti", "Ge", "Sn")
    assert set(query.systems) >= {"Na", "Br", "Ge", "Br-Ge", "Br-Na", "Ge-Na", "Br-Ge-Na"}
    assert len(query.systems) == 1 + 4 + 2 + 4 + 8 + 2 + 8
    assert not [s for s in query.systems if {"Br", "Cl"} <= set(s.split("-"))]
    for field, bad in (("metals", "Xx"), ("halogens", "O")):
        with pytest.raises(InputError, match=bad):
            Query(**{field: (bad,)})
    with pytest.raises(InputError, match="thermo-type"):
        Query(thermo_type="GGA_GGA+U_R2SCAN")
