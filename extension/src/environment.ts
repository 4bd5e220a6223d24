// Genie's own virtual environment, made once from the wheel and the pinned requirements inside the .vsix.

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import * as vscode from "vscode";
import { findPython } from "./python";
import type { Server } from "./server";
import { own } from "./settings";

/** Byte code is left to the first import: half of the time that an installation takes. */
const PIP = ["-I", "-m", "pip", "install", "--no-input", "--disable-pip-version-check"];
const INSTALL = [...PIP, "--no-compile", "--progress-bar=off"];

/** The program and arguments that start the server; makes the environment when it isn't there or is broken. */
export async function serverCommand(
  context: vscode.ExtensionContext,
  output: vscode.LogOutputChannel,
): Promise<readonly string[]> {
  if (process.platform === "win32") {
    throw new Error(vscode.l10n.t("Genie works on Linux and macOS. On Windows, open the folder in WSL (“WSL: Reopen Folder in WSL”)."));
  }
  const chosen = own<string[]>("server.command", []);
  if (chosen.length > 0) {
    output.info(`Server from the setting genie.server.command: ${chosen.join(" ")}`);
    return chosen;
  }
  const parts = await partsOf(context.asAbsolutePath("server"));
  const home = join(context.globalStorageUri.fsPath, `env-${parts.stamp}`);
  if (!(await works(home, output))) {
    const python = await findPython();
    await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t("Genie: setting up (once)"), cancellable: true },
      (progress, token) => make(home, python, parts, new Steps(output, progress, token, parts.count)),
    );
  }
  return [pythonIn(home), "-I", "-m", "genie_engineer", "serve", "--stdio"];
}

/** Makes the environment anew, whatever is the matter with it; where the user named another server, shows where. */
export async function setUpAgain(context: vscode.ExtensionContext, server: Server): Promise<void> {
  if (own<string[]>("server.command", []).length > 0) {
    await vscode.commands.executeCommand("workbench.action.openSettings", "genie.server.command");
    return;
  }
  const storage = context.globalStorageUri.fsPath;
  await server.restart(async () => {
    await mkdir(storage, { recursive: true });
    await removeOthers(storage, "");
  });
}

interface Parts {
  readonly wheel: string;
  readonly requirements: string;
  /** How many packages there are to install, for the progress bar. */
  readonly count: number;
  /** Changes with the version, with any byte of what is installed, and with the Python that was chosen. */
  readonly stamp: string;
}

async function partsOf(folder: string): Promise<Parts> {
  const name = (await readdir(folder)).find((file) => file.endsWith(".whl")) ?? "";
  const [wheel, requirements] = [join(folder, name), join(folder, "requirements.lock")];
  const pinned = await readFile(requirements, "utf8");
  const hash = createHash("sha256").update(await readFile(wheel)).update(pinned);
  hash.update(own("python", ""));
  const count = pinned.split("\n").filter((line) => line.includes("==")).length;
  return { wheel, requirements, count, stamp: `${name.split("-")[1]}-${hash.digest("hex").slice(0, 12)}` };
}

function pythonIn(home: string): string {
  return process.platform === "win32" ? join(home, "Scripts", "python.exe") : join(home, "bin", "python");
}

async function works(home: string, output: vscode.LogOutputChannel): Promise<boolean> {
  if (!existsSync(home)) {
    return false;
  }
  try {
    await run(pythonIn(home), ["-I", "-m", "genie_engineer", "--version"], (line) => output.debug(line));
    return true;
  } catch (error) {
    output.warn(`The environment ${home} is broken and is made anew: ${error}`);
    return false;
  }
}

/** Builds beside `home` and renames at the end, so that a half-made environment never has its name. */
async function make(home: string, python: string, parts: Parts, steps: Steps): Promise<void> {
  const storage = join(home, "..");
  await mkdir(storage, { recursive: true });
  const built = await mkdtemp(join(storage, "making-"));
  try {
    const inside = pythonIn(built);
    await steps.run(vscode.l10n.t("creating an environment"), python, ["-I", "-m", "venv", built]);
    const pinned = ["--require-hashes", "--only-binary=:all:", "-r", parts.requirements];
    await steps.run(vscode.l10n.t("installing packages"), inside, [...INSTALL, ...pinned]);
    await steps.run(vscode.l10n.t("installing Genie"), inside, [...INSTALL, "--no-deps", "--no-index", parts.wheel]);
    await steps.run(vscode.l10n.t("first start"), inside, ["-I", "-m", "genie_engineer", "--version"]);
    await rm(home, { recursive: true, force: true });
    await rename(built, home);
    await removeOthers(storage, home);
  } finally {
    await rm(built, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function removeOthers(storage: string, home: string): Promise<void> {
  for (const name of await readdir(storage)) {
    if (name.startsWith("env-") && join(storage, name) !== home) {
      await rm(join(storage, name), { recursive: true, force: true });
    }
  }
}

/** Runs the steps of an installation under one progress notification. */
class Steps {
  constructor(
    private readonly output: vscode.LogOutputChannel,
    private readonly progress: vscode.Progress<{ message?: string; increment?: number }>,
    private readonly token: vscode.CancellationToken,
    private readonly packages: number,
  ) {}

  async run(message: string, command: string, args: readonly string[]): Promise<void> {
    this.progress.report({ message });
    this.output.info(`${message}: ${command} ${args.join(" ")}`);
    await run(command, args, (line) => this.tell(line), this.token);
  }

  private tell(line: string): void {
    this.output.info(line);
    const name = /^Collecting ([\w.-]+)/.exec(line)?.[1];
    if (name) {
      this.progress.report({ message: name, increment: 90 / this.packages });
    }
  }
}

/** Resolves when the command ends well; rejects with the end of what it printed, or with CancellationError. */
function run(
  command: string,
  args: readonly string[],
  onLine: (line: string) => void,
  token?: vscode.CancellationToken,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const grouped = process.platform !== "win32";
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], detached: grouped });
    const stop = token?.onCancellationRequested(() => {
      grouped && child.pid ? process.kill(-child.pid) : child.kill();
    });
    const last: string[] = [];
    const read = (bytes: Buffer) => {
      for (const line of bytes.toString().split(/\r?\n/).filter(Boolean)) {
        last.push(line);
        onLine(line);
      }
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.on("error", reject);
    child.on("close", (code) => {
      stop?.dispose();
      if (token?.isCancellationRequested) {
        reject(new vscode.CancellationError());
      } else if (code === 0) {
        resolve();
      } else {
        reject(new Error(last.slice(-3).join(" ") || `${command} ended with ${code}`));
      }
    });
  });
}
