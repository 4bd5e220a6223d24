// Which Python: the setting's, the Python extension's, or the first fit one on the PATH.

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import * as vscode from "vscode";
import { own } from "./settings";

const OLDEST = [3, 11] as const;
const ON_PATH =
  process.platform === "win32"
    ? ["py", "python3", "python"]
    : ["python3.13", "python3.12", "python3.11", "python3", "python"];
/** Fails where Debian left `venv` out, and prints what is to be known otherwise. */
const PROBE = "import sys, venv, ensurepip; print(*sys.version_info[:2], sys.executable)";

const MISSING = vscode.l10n.t("not there");

/** No fit Python: the message is for the user, `tried` for the output channel. */
export class NoPython extends Error {
  constructor(
    message: string,
    readonly tried: readonly string[],
  ) {
    super(message);
  }
}

/** The absolute path of a Python that is new enough and can make virtual environments. */
export async function findPython(): Promise<string> {
  const chosen = own("python", "");
  // Where the workspace isn't trusted, the interpreter that it names isn't either.
  const named = vscode.workspace.isTrusted ? await fromPythonExtension() : [];
  const candidates = chosen ? [chosen] : [...named, ...ON_PATH];
  const tried: string[] = [];
  for (const candidate of candidates) {
    const found = await probe(candidate);
    if (found.path) {
      return found.path;
    }
    tried.push(`${candidate}: ${found.problem}`);
  }
  throw new NoPython(
    chosen
      ? vscode.l10n.t("Genie can't use the Python in the setting genie.python: {0}.", tried[0] ?? "")
      : vscode.l10n.t("Genie needs Python 3.11 or newer with its venv module, and found none{0}.", unfit(tried)),
    tried,
  );
}

/** Those that are there and won't do. */
function unfit(tried: readonly string[]): string {
  const there = tried.filter((one) => !one.endsWith(`: ${MISSING}`));
  return there.length ? ` (${there.join("; ")})` : "";
}

async function probe(command: string): Promise<{ path?: string; problem: string }> {
  try {
    const { stdout } = await promisify(execFile)(command, ["-I", "-c", PROBE], { timeout: 20_000 });
    const [, major, minor, path] = /^(\d+) (\d+) (.+)/.exec(stdout) ?? [];
    if (Number(major) === OLDEST[0] && Number(minor) >= OLDEST[1] && path) {
      return { path: path.trim(), problem: "" };
    }
    return { problem: vscode.l10n.t("version {0} is too old", `${major}.${minor}`) };
  } catch (error) {
    const { code, stderr } = error as { code?: string | number; stderr?: string };
    return { problem: code === "ENOENT" ? MISSING : lastLine(stderr) || vscode.l10n.t("it fails ({0})", String(code)) };
  }
}

function lastLine(text = ""): string {
  return text.trim().split("\n").pop() ?? "";
}

/** The part of the Python extension's public interface that is asked. */
interface PythonExtension {
  readonly environments: {
    getActiveEnvironmentPath(): { readonly path: string };
    resolveEnvironment(
      path: { readonly path: string },
    ): Promise<{ readonly executable: { readonly uri?: vscode.Uri } } | undefined>;
  };
}

async function fromPythonExtension(): Promise<string[]> {
  const extension = vscode.extensions.getExtension<PythonExtension>("ms-python.python");
  try {
    const environments = (await extension?.activate())?.environments;
    const active = await environments?.resolveEnvironment(environments.getActiveEnvironmentPath());
    return active?.executable.uri ? [active.executable.uri.fsPath] : [];
  } catch {
    return []; // another extension's failure is no reason not to look on the PATH
  }
}
