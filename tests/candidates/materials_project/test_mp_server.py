"""The stand-in of the Materials Project's service, seen by the real client."""

import json
import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import mp_documents as made
import mp_server as faulty
import numpy as np
import pytest
import requests
from mp_api.client import MPRester
from mp_api.client.core.exceptions import MPRestError
from mp_api.client.routes.materials.thermo import ThermoRester
from mp_documents import GGA, MIXED, R2SCAN, Documents
from mp_server import KEY, Server
from pymatgen.analysis.compatibility import MaterialsProject2020Compatibility
from pymatgen.analysis.phase_diagram import PhaseDiagram
from pymatgen.core.composition import Composition
from pymatgen.core.entries import ComputedEntry, ComputedStructureEntry
from pymatgen.core.structure import Structure

from maiscreen.candidates.snapshot.snapshot import load_snapshot
from maiscreen.candidates.snapshot.training_data import moduli
from maiscreen.models.crystals.prototypes import prototype

if TYPE_CHECKING:
    Start = Callable[..., Server]

SYSTEMS = ["Cl-Na-Sn", "Cl-Sn", "Cl-Na", "Na-Sn", "Cl", "Na", "Sn"]
WORLD = {"metals": ("Sn", "Si", "Ti", "V"), "halogens": ("F", "Cl")}


def client(server: Server, key: str = KEY, models: bool = False) -> MPRester:
    options: dict[str, Any] = {"mute_progress_bars": True, "use_document_model": models}
    return MPRester(key, endpoint=server.endpoint, **options)


def ask(
    server: Server, path: str = "materials/thermo/", key: str | None = KEY, **query: Any
) -> Any:
    headers = {} if key is None else {"x-api-key": key}
    return requests.get(server.endpoint + path, params=query, headers=headers, timeout=300)


def search_thermo(server: Server, **query: Any) -> list[Any]:
    # The client builds a schema for each field that it is asked for; one is quick.
    query = {"chemsys": SYSTEMS, "fields": ["material_id"], **query}
    with client(server) as rester:
        return list(rester.materials.thermo.search(**query))


def plain(docs: Documents, systems: list[str], kind: str | None = GGA) -> list[str]:
    return [
        doc["material_id"]
        for doc in docs.thermo
        if doc["chemsys"] in systems and kind in (None, doc["thermo_type"])
    ]


# Documents


def test_documents_have_the_energies_of_the_snapshot(mp_documents: Documents) -> None:
    phases = load_snapshot().phases.to_pylist()
    wanted = [
        p for p in phases if p["metal"] in ("", *WORLD["metals"])
        and p["halogen"] in ("", *WORLD["halogens"])
    ]  # fmt: skip
    assert len(wanted) > 50
    first = {doc["material_id"]: doc for doc in mp_documents.thermo if doc["thermo_type"] == GGA}
    for phase in wanted:
        doc = mp_documents.find("thermo", phase["formula"])
        assert first[doc["material_id"]] is doc
        assert doc["formation_energy_per_atom"] == phase["formation_energy_ev_atom"]
        assert doc["energy_above_hull"] == phase["energy_above_hull_ev_atom"]
        volume = phase["volume_a3_atom"] or made.DEFAULT_VOLUME_A3_ATOM
        assert doc["volume"] == pytest.approx(volume * doc["nsites"], rel=1e-12)
        assert doc["chemsys"] == "-".join(sorted(phase["chemical_system"].split("-")))
    phases_seen = {Composition(phase["formula"]).reduced_formula for phase in wanted}
    formulas = {doc["formula_pretty"] for doc in mp_documents.summary if doc["nelements"] > 1}
    assert formulas == phases_seen
    assert "SnCl4" in formulas


def test_documents_pass_the_models_after_a_journey_as_json(mp_documents: Documents) -> None:
    for route, model in made.MODELS.items():
        for doc in json.loads(json.dumps(mp_documents.of(route)[::5])):
            found = model.model_validate(doc)
            assert found.model_dump()["formula_pretty"] == doc["formula_pretty"]
            assert {name for name in doc if name not in model.model_fields} == set()


def test_corrections_are_those_of_pymatgen(mp_documents: Documents) -> None:
    scheme = MaterialsProject2020Compatibility(check_potcar=False)
    seen = set()
    for doc in mp_documents.thermo:
        (run_type, kept), *others = doc["entries"].items()
        assert not others and run_type == doc["energy_type"]
        entry = ComputedStructureEntry.from_dict(json.loads(json.dumps(kept)))
        assert entry.energy_per_atom == pytest.approx(doc["energy_per_atom"], abs=1e-9)
        uncorrected = entry.uncorrected_energy_per_atom
        assert uncorrected == pytest.approx(doc["uncorrected_energy_per_atom"], abs=1e-9)
        if doc["thermo_type"] == GGA and kept["data"]["oxidation_states"]:
            again = ComputedEntry(
                entry.composition, 0.0, parameters=entry.parameters, data=entry.data
            )
            fresh = scheme.process_entry(again, on_error="raise")
            assert fresh is not None
            assert fresh.correction == pytest.approx(entry.correction, abs=1e-9)
            seen |= {adjustment.name for adjustment in entry.energy_adjustments}
    assert {"MP2020 anion correction (Cl)", "MP2020 GGA/GGA+U mixing correction (V)"} <= seen


def test_corrections_by_hand(mp_documents: Documents) -> None:
    # MP2020 (Wang et al. 2021): Cl −0.614, F −0.462, V of fluorides −1.7 eV.
    for formula, ev in [("SnCl4", -4 * 0.614), ("SnF4", -4 * 0.462), ("VF3", -1.7 - 3 * 0.462)]:
        doc = mp_documents.find("thermo", formula)
        shift = doc["energy_per_atom"] - doc["uncorrected_energy_per_atom"]
        assert shift * Composition(formula).num_atoms == pytest.approx(ev)


@pytest.mark.parametrize("kind", [GGA, R2SCAN, MIXED])
def test_total_energies_give_formation_energies_and_hull(
    mp_documents: Documents, kind: str
) -> None:
    docs = [
        doc
        for doc in mp_documents.thermo
        if doc["chemsys"] in SYSTEMS and doc["thermo_type"] == kind and not doc["deprecated"]
    ]
    entries = {
        doc["material_id"]: ComputedEntry(
            doc["composition"], doc["energy_per_atom"] * doc["nsites"]
        )
        for doc in docs
    }
    diagram = PhaseDiagram(list(entries.values()))
    for doc in docs:
        entry = entries[doc["material_id"]]
        formation = diagram.get_form_energy_per_atom(entry)
        assert formation == pytest.approx(doc["formation_energy_per_atom"], abs=1e-9)
        if len(doc["elements"]) in (1, 3):
            above = diagram.get_e_above_hull(entry)
            assert above == pytest.approx(doc["energy_above_hull"], abs=2e-6)


def test_thermo_types_differ_in_energy(mp_documents: Documents) -> None:
    energies = {
        kind: mp_documents.find("thermo", "NaCl", kind)["formation_energy_per_atom"]
        for kind in (GGA, R2SCAN, MIXED)
    }
    assert len(set(energies.values())) == 3
    assert mp_documents.find("thermo", "NaCl", R2SCAN)["entry_types"] == ["r2SCAN"]


def test_structures_have_composition_and_volume_and_no_overlap(mp_documents: Documents) -> None:
    for doc in mp_documents.summary:
        cell = Structure.from_dict(doc["structure"])
        assert cell.composition.reduced_formula == doc["formula_pretty"]
        assert len(cell) == doc["nsites"]
        assert cell.volume == pytest.approx(doc["volume"])
        assert cell.density == pytest.approx(doc["density"], rel=1e-6)
        apart = cell.distance_matrix + 9 * np.eye(len(cell))
        assert apart.min() > 1.2 or doc["formula_pretty"] == "F2"


def test_known_structures_are_real(mp_documents: Documents) -> None:
    def cell(formula: str) -> Structure:
        return Structure.from_dict(mp_documents.find("summary", formula)["structure"])

    sodium = cell("Na")
    shell = sorted(len(sodium.get_neighbors(site, 0.9 * sodium.lattice.a)) for site in sodium)
    assert shell == [8, 8]
    assert mp_documents.find("summary", "Na")["symmetry"]["number"] == 229
    for formula in ("NaCl", "Na15Sn4"):
        ours, known = cell(formula), prototype(formula).conventional()
        known.scale_lattice(ours.volume)
        ours_a, known_a = (np.sort(x.distance_matrix, axis=None) for x in (ours, known))
        np.testing.assert_allclose(ours_a, known_a, atol=1e-6)
    molecule = cell("SnCl4")
    bonds = [n.nn_distance for n in molecule.get_neighbors(molecule[0], 2.5)]
    assert bonds == pytest.approx([2.28] * 4)


def test_ids_do_not_depend_on_the_set(mp_documents: Documents) -> None:
    small = made.documents(("Sn",), ("Cl",))
    for doc in small.summary:
        if not doc["deprecated"]:
            same = [d for d in mp_documents.summary if d["material_id"] == doc["material_id"]]
            assert same == [doc]


def test_there_are_polymorphs_and_one_deprecated_material(mp_documents: Documents) -> None:
    salts = [d for d in mp_documents.thermo if d["formula_pretty"] == "NaCl"]
    lowest, higher = (d for d in salts if d["thermo_type"] == GGA and not d["deprecated"])
    rise = higher["formation_energy_per_atom"] - lowest["formation_energy_per_atom"]
    assert rise == pytest.approx(made.POLYMORPH_EV_ATOM)
    for route in ("thermo", "summary"):
        found = [doc for doc in mp_documents.of(route) if doc["deprecated"]]
        assert {doc["material_id"] for doc in found} == {found[0]["material_id"]}
    second = [d for d in mp_documents.summary if re.fullmatch(r"mp-2\d{4}", d["material_id"])]
    assert {"NaCl", "NaF"} <= {doc["formula_pretty"] for doc in second}


def test_elasticities_are_those_of_the_training_table(mp_documents: Documents) -> None:
    doc = mp_documents.find("elasticity", "Sn")
    rows = [row for row in moduli().to_pylist() if re.fullmatch(r"Sn\d*", row["formula"])]
    pairs = {(row["bulk_modulus_gpa"], row["shear_modulus_gpa"]) for row in rows}
    assert (doc["bulk_modulus"]["vrh"], doc["shear_modulus"]["vrh"]) in pairs
    stiffness = np.array(doc["elastic_tensor"]["raw"])
    voigt_k = stiffness[:3, :3].sum() / 9
    assert voigt_k == pytest.approx(doc["bulk_modulus"]["voigt"])
    assert (stiffness == stiffness.T).all() and np.linalg.eigvalsh(stiffness).min() > 0
    summary = mp_documents.find("summary", "Sn")
    assert summary["bulk_modulus"] == doc["bulk_modulus"] and summary["has_props"]["elasticity"]


def test_spoilt_documents(mp_documents: Documents) -> None:
    doc = mp_documents.find("thermo", "SnCl4")
    raw = made.without_correction(doc)
    assert raw["energy_per_atom"] == doc["uncorrected_energy_per_atom"]
    shift = raw["formation_energy_per_atom"] - doc["formation_energy_per_atom"]
    assert shift == pytest.approx(0.614 * 4 / 5)
    assert ComputedStructureEntry.from_dict(raw["entries"]["GGA"]).correction == 0
    assert doc["entries"]["GGA"]["energy_adjustments"], "the original is as it was"
    summary = mp_documents.find("summary", "SnCl4")
    for spoilt, route in (
        (raw, "thermo"),
        (made.with_none_energy(doc), "thermo"),
        (made.with_unknown_field(doc), "thermo"),
        (made.with_alpha_id(doc), "thermo"),
        (made.with_none_energy(summary), "summary"),
    ):
        made.MODELS[route].model_validate(json.loads(json.dumps(spoilt)))  # type: ignore[index]
    changed = mp_documents.changed("thermo", "SnCl4", made.with_none_energy)
    assert changed.find("thermo", "SnCl4")["formation_energy_per_atom"] is None
    assert changed.summary == mp_documents.summary


# The client and the server


def test_the_client_gets_what_is_served(mp_server: "Start", mp_documents: Documents) -> None:
    server = mp_server()
    with client(server) as rester:
        assert rester.db_version == made.VERSION
        thermo = rester.materials.thermo.search(chemsys=SYSTEMS)
        summary = rester.materials.summary.search(chemsys=SYSTEMS)
        ids = [doc["material_id"] for doc in summary]
        elasticity = rester.materials.elasticity.search(material_ids=ids)
    assert thermo == [doc for doc in mp_documents.thermo if doc["chemsys"] in SYSTEMS]
    living = [doc for doc in mp_documents.summary if not doc["deprecated"]]
    assert summary == [doc for doc in living if doc["chemsys"] in SYSTEMS]
    assert elasticity == [doc for doc in mp_documents.elasticity if doc["material_id"] in ids]
    assert len(elasticity) > 3
    assert all(request.key_right for request in server.data_requests)
    assert KEY not in repr(server.requests)


def test_the_client_makes_models_of_it(mp_server: "Start", mp_documents: Documents) -> None:
    with client(mp_server(), models=True) as rester:
        (thermo,) = rester.materials.thermo.search(
            formula="SnCl4", thermo_types=[GGA], fields=["entries", "material_id"]
        )
        (summary,) = rester.materials.summary.search(formula="Na15Sn4")
        (tin,) = rester.materials.elasticity.search(material_ids="mp-50")
    entry = thermo.entries["GGA"]
    assert isinstance(entry, ComputedStructureEntry)
    assert entry.correction == pytest.approx(-4 * 0.614)
    assert summary.structure.composition.reduced_formula == "Na15Sn4"
    assert summary.theoretical is mp_documents.find("summary", "Na15Sn4")["theoretical"]
    assert tin.bulk_modulus.vrh == mp_documents.find("elasticity", "Sn")["bulk_modulus"]["vrh"]


@pytest.mark.parametrize("size", [7, 1000])
def test_pages_add_up(mp_server: "Start", mp_documents: Documents, size: int) -> None:
    server = mp_server()
    found = search_thermo(server, thermo_types=[GGA], chunk_size=size)
    ids = plain(mp_documents, SYSTEMS)
    assert [doc["material_id"] for doc in found] == ids
    assert len(server.data_requests) == -(-len(ids) // size)
    skips = [int(request.query.get("_skip", 0)) for request in server.data_requests]
    assert skips == list(range(0, len(ids), size))


@pytest.mark.parametrize("kind", [GGA, "R2SCAN", MIXED])
def test_thermo_types_are_pinned(mp_server: "Start", mp_documents: Documents, kind: str) -> None:
    found = search_thermo(mp_server(), thermo_types=[kind], fields=["material_id", "thermo_type"])
    stored = R2SCAN if kind == "R2SCAN" else kind
    assert {doc["thermo_type"] for doc in found} == {stored}
    assert [doc["material_id"] for doc in found] == plain(mp_documents, SYSTEMS, stored)


def test_without_a_thermo_type_they_mix(mp_server: "Start", mp_documents: Documents) -> None:
    found = search_thermo(mp_server(), fields=["thermo_type"])
    assert {doc["thermo_type"] for doc in found} == {GGA, R2SCAN, MIXED}
    assert len(found) == len(plain(mp_documents, SYSTEMS, None))


def test_fields_are_projected(mp_server: "Start") -> None:
    server = mp_server()
    fields = ["material_id", "builder_meta.license", "formula_pretty"]
    with client(server) as rester:
        for doc in rester.materials.summary.search(chemsys="Cl-Sn", fields=fields):
            assert set(doc) == {"material_id", "builder_meta", "formula_pretty"}
            assert doc["builder_meta"] == {"license": "BY-C"}
    (doc, *_) = ask(server, chemsys="Cl-Sn").json()["data"]
    assert set(doc) == {"material_id", "last_updated"}


def test_unknown_fields_come_unasked(mp_server: "Start", mp_documents: Documents) -> None:
    server = mp_server(mp_documents.changed("thermo", "SnCl4", made.with_unknown_field))
    found = search_thermo(server, chemsys=None, formula="SnCl4")
    assert all("field_of_tomorrow" in doc for doc in found)


def test_wildcards_numbers_and_flags(mp_server: "Start", mp_documents: Documents) -> None:
    with client(mp_server()) as rester:
        search = rester.materials.summary.search
        with_chlorine = search(chemsys="Cl-*")
        stable = search(energy_above_hull=(0, 1e-6))
        withdrawn = search(deprecated=True)
        binary = search(num_elements=2, exclude_elements=["F"])
    assert {d["chemsys"] for d in with_chlorine} == {"Cl-Na", "Cl-Si", "Cl-Sn", "Cl-Ti", "Cl-V"}
    assert stable and max(doc["energy_above_hull"] for doc in stable) <= 1e-6
    assert [doc["deprecated"] for doc in withdrawn] == [True]
    assert {doc["nelements"] for doc in binary} == {2}
    assert "F" not in "".join(doc["chemsys"] for doc in binary)


def test_both_spellings_of_ids_are_understood(mp_server: "Start") -> None:
    server = mp_server()
    found = [
        ask(server, "materials/summary/", material_ids=name, _fields="formula_pretty").json()
        for name in ("mp-50", "mp-aaaaaaby")
    ]
    assert [page["data"] for page in found] == [[{"formula_pretty": "Sn"}]] * 2


@pytest.mark.parametrize(
    ("path", "query", "status", "words"),
    [
        ("materials/thermo/", {"chemsys": "Na", "limit_": 3}, 400, "limit_"),
        ("materials/thermo/", {"deprecated": "false"}, 400, "deprecated"),
        ("materials/elasticity/", {"formula": "NaCl"}, 400, "formula"),
        ("materials/thermo/", {"_limit": 1001}, 400, "1000"),
        ("materials/thermo/", {"_skip": -1}, 400, "negative"),
        ("materials/thermo/", {"_limit": "ten"}, 422, "_limit"),
        ("materials/summary/", {"theoretical": "perhaps"}, 422, "theoretical"),
        ("materials/thermo/", {"chemsys": "Na-*,Cl-*"}, 400, "Wild cards"),
        ("materials/thermo/", {"formula": "Na-"}, 400, "formulas"),
        ("materials/thermo/", {"chemsys": ",".join(["Cl-Na-Sn"] * 1000)}, 414, "Too Large"),
        ("materials/phonons/", {}, 404, "no Route"),
    ],
)
def test_bad_queries_are_refused(
    mp_server: "Start", path: str, query: dict[str, Any], status: int, words: str
) -> None:
    answer = ask(mp_server(), path, **query)
    assert answer.status_code == status
    assert words in answer.text


def test_heartbeat_needs_no_key(mp_server: "Start") -> None:
    server = mp_server(version="2027.01.01")
    assert ask(server, "heartbeat", key=None).json()["db_version"] == "2027.01.01"
    with client(server) as rester:
        assert rester.db_version == "2027.01.01"
        (doc,) = rester.materials.summary.search(material_ids=["mp-11"], fields=["builder_meta"])
    assert doc["builder_meta"]["database_version"] == "2027.01.01"


def test_wrong_and_missing_keys_are_refused(mp_server: "Start") -> None:
    server = mp_server()
    with client(server, key="x" * 32) as rester, pytest.raises(MPRestError, match="401"):
        rester.materials.thermo.search(chemsys="Na")
    assert not server.data_requests[-1].key_right
    assert ask(server, key=None).status_code == 401


# Faults, as the plain client takes them


@pytest.mark.parametrize("code", [500, 503])
def test_statuses_that_the_client_does_not_retry(mp_server: "Start", code: int) -> None:
    server = mp_server(faults=[faulty.status(1, code)])
    with pytest.raises(MPRestError, match=str(code)):
        search_thermo(server, chunk_size=7)
    assert len(server.data_requests) == 2


@pytest.mark.parametrize("code", [429, 502])
def test_statuses_that_the_client_retries(
    mp_server: "Start", mp_documents: Documents, code: int
) -> None:
    server = mp_server(faults=[faulty.status(1, code, times=2, retry_after=0)])
    found = search_thermo(server, chunk_size=20)
    assert len(found) == len(plain(mp_documents, SYSTEMS, None))
    pages = -(-len(found) // 20)
    assert len(server.data_requests) == pages + 2


def test_retry_after_is_sent(mp_server: "Start") -> None:
    server = mp_server(faults=[faulty.status(0, 429, retry_after=7)])
    assert ask(server, chemsys="Na").headers["Retry-After"] == "7"
    assert ask(server, chemsys="Na").status_code == 200


def test_hanging_up_is_retried_for_a_while(mp_server: "Start") -> None:
    server = mp_server(faults=[faulty.hang_up(0)])
    assert search_thermo(server)
    server = mp_server(faults=[faulty.hang_up(0, times=9)])
    with pytest.raises(MPRestError, match="Max retries"):
        search_thermo(server)
    assert len(server.data_requests) == 4


def test_a_cut_connection_is_an_error(mp_server: "Start") -> None:
    server = mp_server(faults=[faulty.cut(0)])
    with pytest.raises(MPRestError, match="IncompleteRead"):
        search_thermo(server)
    assert search_thermo(server)


def test_wrong_contents(mp_server: "Start") -> None:
    server = mp_server(faults=[faulty.malformed(0), faulty.no_data(1)])
    with pytest.raises(json.JSONDecodeError):
        search_thermo(server)
    with pytest.raises(KeyError, match="data"):
        search_thermo(server)


def test_late_answers(mp_server: "Start") -> None:
    server = mp_server(faults=[faulty.slow(0, 0.2), faulty.slow(1, 300.0, times=4)])
    start = time.monotonic()
    ask(server, chemsys="Na")
    assert time.monotonic() - start >= 0.2
    options: dict[str, Any] = {"endpoint": server.endpoint, "timeout": 0.05}
    late = pytest.raises(MPRestError, match="timed out")
    with ThermoRester(api_key=KEY, **options) as rester, late:
        rester.search(chemsys="Na")


def test_a_key_is_refused_from_a_request_on(mp_server: "Start") -> None:
    server = mp_server(faults=[faulty.key_refused(1)])
    with pytest.raises(MPRestError, match="401"):
        search_thermo(server, chunk_size=7)
    assert len(server.data_requests) == 2
    with pytest.raises(MPRestError, match="401"):
        search_thermo(server)


def test_the_version_changes_between_pages(mp_server: "Start") -> None:
    server = mp_server(faults=[faulty.new_version(1, "2026.12.01")])
    fields = ["builder_meta"]
    versions = [
        doc["builder_meta"]["database_version"]
        for doc in search_thermo(server, fields=fields, chunk_size=7)
    ]
    assert versions[:7] == [made.VERSION] * 7
    assert set(versions[7:]) == {"2026.12.01"}
    assert ask(server, "heartbeat").json()["db_version"] == "2026.12.01"


def test_a_heartbeat_shows_the_state_between_two_requests(mp_server: "Start") -> None:
    server = mp_server(faults=[faulty.new_version(1, "2026.12.01")])
    seen = []
    for path in ("heartbeat", "materials/thermo/", "heartbeat"):
        answer = ask(server, path).json()
        seen += [answer["db_version"]] if path == "heartbeat" else []
    assert seen == [made.VERSION, "2026.12.01"]


def test_the_dead_answer_nothing_and_can_be_revived(mp_server: "Start") -> None:
    server = mp_server(faults=[faulty.killed(1)])
    with pytest.raises(MPRestError):
        search_thermo(server, chunk_size=7)
    with pytest.raises(requests.ConnectionError):
        ask(server, "heartbeat")
    server.revive()
    assert search_thermo(server, chunk_size=7)
    assert server.data_requests[0].query.get("_skip") is None


def test_after_its_end_nobody_listens(mp_documents: Documents) -> None:
    with Server(mp_documents) as server:
        endpoint, session = server.endpoint, requests.Session()
        assert session.get(endpoint + "heartbeat", timeout=300).status_code == 200  # kept alive
    with session, pytest.raises(requests.ConnectionError):
        session.get(endpoint + "heartbeat", timeout=300)
    port = int(endpoint.rsplit(":", 1)[1].strip("/"))
    with Server(mp_documents, port=port) as again:
        assert again.endpoint == endpoint
