"""What lies in ``deploy/`` speaks of commands, options, paths and metrics that there are."""

import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import typer
import yaml

from dragoman.cli.main import app

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
SERVE = typer.main.get_command(app).get_command(None, "serve")
OPTIONS = {name for parameter in SERVE.params for name in parameter.opts}
TELEMETRY = "".join(path.read_text("utf-8") for path in (ROOT / "src/dragoman/server/telemetry").rglob("*.py"))
METRICS = set(re.findall(r'"(dragoman_\w+)"', TELEMETRY))


def documents(path):
    return list(yaml.safe_load_all((DEPLOY / path).read_text("utf-8")))


def commands():
    """The arguments of ``dragoman`` as each file gives them."""
    compose = documents("compose.yaml")[0]["services"]["translate"]["command"]
    kubernetes = container()["args"]
    docker = json.loads(re.search(r"^CMD (\[.*\])", (DEPLOY / "Dockerfile").read_text("utf-8"), re.MULTILINE)[1])
    unit = re.search(r"^ExecStart=\S+/dragoman (.*)", (DEPLOY / "systemd/dragoman.service").read_text(), re.MULTILINE)
    return {"compose": compose, "kubernetes": kubernetes, "docker": docker, "systemd": unit[1].split()}


def container():
    kinds = {document["kind"]: document for document in documents("kubernetes/dragoman.yaml")}
    return kinds["Deployment"]["spec"]["template"]["spec"]["containers"][0]


@pytest.mark.parametrize("name", ["compose", "kubernetes", "docker", "systemd"])
def test_commands_use_options_that_there_are(name):
    command, *arguments = commands()[name]
    assert command == "serve"
    assert {argument for argument in arguments if argument.startswith("--")} <= OPTIONS


def test_probes_ask_paths_that_there_are():
    from dragoman.server.app import create_app
    from dragoman.server.fleet import Fleet
    from dragoman.server.service import Service

    probes = [container()[f"{name}Probe"]["httpGet"]["path"] for name in ("startup", "liveness", "readiness")]
    probes.append(re.search(r"127\.0\.0\.1:5000(/\w+)", (DEPLOY / "Dockerfile").read_text("utf-8"))[1])

    async def nothing():
        return None

    made = create_app(Service(Fleet(lambda path: None), lambda text, codes: []), nothing)
    assert set(probes) <= {getattr(route, "path", "") for route in made.routes}


def test_dashboard_and_alerts_use_metrics_that_there_are():
    dashboard = json.loads((DEPLOY / "grafana/dashboards/dragoman.json").read_text("utf-8"))
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    asked += [rule["expr"] for group in documents("prometheus/alerts.yml")[0]["groups"] for rule in group["rules"]]
    names = {name for expression in asked for name in re.findall(r"dragoman_\w+", expression)}
    assert len(names) > 15
    assert {re.sub(r"_(total|bucket|sum|count)$", "", name) for name in names} <= METRICS


@pytest.mark.skipif(not shutil.which("promtool"), reason="Prometheus is not installed (apt install prometheus)")
def test_alerts_fire_and_end_when_they_should():
    outcome = subprocess.run(
        ["promtool", "test", "rules", "alerts-test.yml"], cwd=DEPLOY / "prometheus", capture_output=True, text=True
    )
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


def test_no_panel_of_the_dashboard_lies_on_another():
    panels = json.loads((DEPLOY / "grafana/dashboards/dragoman.json").read_text("utf-8"))["panels"]
    places = [panel["gridPos"] for panel in panels]
    cells = [
        (one["x"] + right, one["y"] + down) for one in places for right in range(one["w"]) for down in range(one["h"])
    ]
    assert len(set(cells)) == len(cells)
    assert len({panel["id"] for panel in panels}) == len(panels)


def test_files_that_are_named_are_there():
    compose = documents("compose.yaml")[0]
    mounts = [mount for service in compose["services"].values() for mount in service.get("volumes", [])]
    for mount in mounts:
        if mount.startswith("./"):
            assert (DEPLOY / mount.split(":")[0]).exists()
    secrets = Path(compose["secrets"]["metrics_key"]["file"])
    assert (DEPLOY / secrets).parent.is_dir()
    rules = documents("prometheus/prometheus.yml")[0]["rule_files"]
    assert all((DEPLOY / "prometheus" / rule).is_file() for rule in rules)
    told = set(re.findall(r"^(\w+)=", (DEPLOY / "environment.example").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"\$\{(\w+)", (DEPLOY / "compose.yaml").read_text("utf-8"))) == told


def test_the_image_gets_what_it_is_built_from():
    docker = (DEPLOY / "Dockerfile").read_text("utf-8")
    copied = {name for line in re.findall(r"^COPY (?!--)(.*) \S+$", docker, re.MULTILINE) for name in line.split()}
    let_in = (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").split()
    assert {name.removeprefix("!") for name in let_in if name.startswith("!")} == copied
    assert all((ROOT / name).exists() for name in copied)
    extras = re.search(r"'\.\[(.*)\]'", docker)[1].split(",")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert set(extras) <= set(project["optional-dependencies"])


def test_nobody_is_root():
    users = re.findall(r"^USER (\d+):", (DEPLOY / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    pod = next(one for one in documents("kubernetes/dragoman.yaml") if one["kind"] == "Deployment")["spec"]["template"]
    assert users == [str(pod["spec"]["securityContext"]["runAsUser"])] == ["10001"]
