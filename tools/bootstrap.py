"""Make `.venv/` from the hashed lock, on a machine with only git, make and some python3 with pip.

Standard library only, and written for any Python 3.6+: it runs before the right Python is found.
Does nothing when the environment already matches the lock.
"""

import glob
import hashlib
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
LOCK = os.path.join(ROOT, "requirements.lock")
STAMP = os.path.join(VENV, ".lock-sha256")
UV_HOME = os.path.join(ROOT, ".cache", "uv")
PROBE = (
    "import sys, ssl, sqlite3, venv, ctypes; "
    "print('%d.%d|%s' % (sys.version_info[0], sys.version_info[1], sys.executable))"
)
WANTED = "3.10"
SYSTEM_PYTHON = "/usr/bin/python3"


def say(text):
    print(text, flush=True)


def run_quietly(command, **extra):
    """The command's output, or None when it cannot run or fails (a shim on PATH may do both).

    `extra` is added to its environment.
    """
    try:
        done = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=60,
            check=False,
            env=dict(os.environ, **extra),
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else None


def probe(command):
    """The absolute path of a Python that really runs and is 3.10 with what we need, else None."""
    answer = run_quietly([*command, "-c", PROBE])
    if not answer or "|" not in answer:
        return None
    version, path = answer.splitlines()[-1].split("|", 1)
    return path if version == WANTED else None


def python_candidates():
    if os.environ.get("PYTHON"):
        yield [os.environ["PYTHON"]]
    yield ["python3.10"]
    homes = [os.environ.get("PYENV_ROOT"), os.path.expanduser("~/.pyenv")]
    for home in homes:
        for path in sorted(
            glob.glob(os.path.join(home or "", "versions", "3.10*", "bin", "python")), reverse=True
        ):
            yield [path]
    yield ["python3"]
    yield [sys.executable]


def find_uv():
    """A command that runs uv; fetched with pip into .cache/ when the machine has none."""
    own = [os.path.join(UV_HOME, "bin", "uv")]
    for command in (["uv"], own, [sys.executable, "-m", "uv"]):
        if run_quietly([*command, "--version"]):
            return command
    say("正在取得安装工具 uv …")
    quiet = dict(os.environ, PIP_ROOT_USER_ACTION="ignore", PIP_DISABLE_PIP_VERSION_CHECK="1")
    for python in [[sys.executable], *python_candidates(), [SYSTEM_PYTHON]]:
        if run_quietly([*python, "-m", "pip", "--version"]):
            # into a folder of ours: allowed where the system's own packages are locked, too
            subprocess.call([*python, "-m", "pip", "install", "-qq", "--target", UV_HOME, "uv"], env=quiet)
            if run_quietly([*own, "--version"]):
                return own
    return sys.exit(
        "没有取得 uv：请先安装 pip（例如 apt-get install python3-pip）并连上网络，或自行安装 uv 后重试。"
    )


def find_python(uv):
    """The absolute path of a Python 3.10 that runs: one of the machine's, else one that uv fetches."""
    for command in python_candidates():
        found = probe(command)
        if found:
            return found
    say("这台机器上没有能用的 Python 3.10，正在请 uv 下载一个 …")
    subprocess.call([*uv, "python", "install", WANTED])
    found = run_quietly([*uv, "python", "find", WANTED], UV_PYTHON_PREFERENCE="only-managed")
    if found and probe([found]):
        return found
    return sys.exit(
        "需要 Python 3.10：请安装它（例如 pyenv install 3.10，或让 PYTHON=/路径/python3.10），然后重试。"
    )


def install(command):
    """Run uv, passing on what it says but for the list of two hundred names."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as running:
        for line in running.stdout:
            text = line.decode("utf-8", "replace").rstrip()
            if not text.startswith((" + ", " - ", " ~ ")):
                say("  " + text)
    if running.returncode:
        raise subprocess.CalledProcessError(running.returncode, command)


def main():
    with open(LOCK, "rb") as file:
        wanted = hashlib.sha256(file.read()).hexdigest()
    python = os.path.join(VENV, "bin", "python")
    if os.path.exists(STAMP):
        with open(STAMP) as file:
            if file.read() == wanted and probe([python]):
                return
    uv = find_uv()
    base = find_python(uv)
    say("使用 Python %s：%s" % (WANTED, base))
    if not probe([python]):
        subprocess.check_call([*uv, "venv", "--quiet", "--clear", "--python", base, VENV])
    say("正在安装依赖（第一次约 1–3 分钟）…")
    install([*uv, "pip", "sync", "--python", python, "--require-hashes", "--compile-bytecode", LOCK])
    with open(STAMP, "w") as file:
        file.write(wanted)
    say("环境已就绪。")


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:
        sys.exit("安装没有完成（上面是原因）。命令返回 %d。" % error.returncode)
    except KeyboardInterrupt:
        sys.exit(130)
