// The real VS Code on this machine: started, given our .vsix, and ended.

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { until, Window } from "./window.mjs";

export const ROOT = resolve(import.meta.dirname, "../../..");
const BUILD = join(ROOT, "build");

/** VS Code takes PATH from the user's shell, where nothing of ours is: the tests' Python must be named. */
export const PYTHON = process.env.GENIE_E2E_PYTHON ?? "python3";

/** The server that the tests' Python has. */
export const SERVER = [PYTHON, "-I", "-m", "genie_engineer", "serve", "--stdio"];

const { chromium } = createRequire(join(ROOT, "extension", "package.json"))("playwright-core");

const VSCODE = join(BUILD, "vscode", "node_modules");
const CODE_SERVER = join(VSCODE, "code-server", "out", "node", "entry.js");
const NODE = join(VSCODE, readdirSync(VSCODE).find((name) => name.startsWith("node-linux-")) ?? "", "bin", "node");
const CHROMIUM = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"].find((path) => existsSync(path));
const CHROMIUM_FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];
const SETTINGS = {
  "workbench.startupEditor": "none",
  "security.workspace.trust.startupPrompt": "never",
  "workbench.tips.enabled": false,
  "workbench.welcomePage.walkthroughs.openOnInstall": false,
  "workbench.enableExperiments": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "extensions.autoUpdate": false,
  "extensions.autoCheckUpdates": false,
  "extensions.ignoreRecommendations": true,
  "files.autoSave": "off",
  "files.hotExit": "off",
  "editor.minimap.enabled": false,
  "editor.accessibilitySupport": "off",
  "window.menuBarVisibility": "compact",
  "window.autoDetectColorScheme": true,
};

/** Genie's extension as scripts/package.py packed it: a list, as startVSCode takes it. */
export function packed() {
  const files = readdirSync(BUILD).filter((name) => name.startsWith("genie-engineer-") && name.endsWith(".vsix"));
  return files.map((name) => join(BUILD, name));
}

/** Packs the extension that plays a model, another agent, a linter and a hasty user into `folder`; its file. */
export function packProvider(folder) {
  const vsce = join(ROOT, "extension", "node_modules", ".bin", "vsce");
  const file = join(folder, "chat-provider.vsix");
  const options = ["--no-dependencies", "--allow-missing-repository", "--skip-license", "--out", file];
  execFileSync(vsce, ["package", ...options], { cwd: join(import.meta.dirname, "provider"), stdio: "pipe" });
  return file;
}

/**
 * Starts VS Code with the extensions installed in a profile of its own. `settings` are the user's, `script` is
 * the file with what the editor's own model says. Unless it is `trusting`, it trusts no folder. VS Code itself has
 * English words in any `language`.
 */
export async function startVSCode({ vsix, settings = {}, script = "", trusting = true, language = "en" }) {
  const home = mkdtempSync(join(tmpdir(), "genie-vscode-"));
  const data = join(home, "data");
  for (const [place, values] of [["User", { ...SETTINGS, ...settings }], ["Machine", settings]]) {
    mkdirSync(join(data, place), { recursive: true });
    writeFileSync(join(data, place, "settings.json"), JSON.stringify(values));
  }
  const words = join(home, "words.json");
  writeFileSync(words, JSON.stringify({ contents: {} }));
  const from = [{ extensionIdentifier: { id: "genie-e2e.language-pack" }, version: "0.0.1" }];
  const packs = { [language]: { hash: language, extensions: from, translations: { vscode: words } } };
  writeFileSync(join(data, "languagepacks.json"), JSON.stringify(packs));
  writeFileSync(join(home, "config.yaml"), "");
  const env = { ...process.env, XDG_DATA_HOME: home, XDG_CONFIG_HOME: home, GENIE_HOME: join(home, "genie"), GENIE_E2E_SCRIPT: script };
  env.GENIE_E2E_REVIEWS = join(home, "reviews.json");
  env.EXTENSIONS_GALLERY = '{"serviceUrl":""}';
  delete env.VSCODE_IPC_HOOK_CLI;
  const base = [CODE_SERVER, "--config", join(home, "config.yaml"), "--user-data-dir", data];
  base.push("--extensions-dir", join(home, "extensions"));
  for (const file of vsix) {
    execFileSync(NODE, [...base, "--install-extension", file, "--force"], { env, stdio: "pipe" });
  }
  const port = await freePort();
  const log = openSync(join(home, "server.log"), "w");
  const flags = [...SERVER_FLAGS, ...(trusting ? ["--disable-workspace-trust"] : []), "--locale", language];
  const server = spawn(NODE, [...base, ...flags, "--bind-addr", `127.0.0.1:${port}`], {
    env,
    stdio: ["ignore", log, log],
    detached: true,
  });
  await healthy(port, server);
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_FLAGS });
  return new VSCode(home, script, port, server, browser, vsix);
}

/** A story in a VS Code of its own, begun as `options` say, with the extensions of the one that runs. */
export async function inAnother(vscode, name, options, story) {
  const other = await startVSCode({ vsix: vscode.vsix, ...options });
  try {
    await story(other);
  } catch (error) {
    await other.keepEvidence(name);
    throw error;
  } finally {
    await other.close();
  }
}

const SERVER_FLAGS = [
  "--auth=none",
  "--disable-telemetry",
  "--disable-update-check",
  "--disable-getting-started-override",
  "--ignore-last-opened",
  "--disable-proxy",
];

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  return port;
}

async function healthy(port, server) {
  while (server.exitCode === null) {
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined);
    if (answer?.ok) {
      return;
    }
  }
  throw new Error("VS Code did not start");
}

/** What the system tells of a process, "" if it is gone. */
function read(pid, what) {
  try {
    return readFileSync(`/proc/${pid}/${what}`, "utf8");
  } catch {
    return "";
  }
}

class VSCode {
  constructor(home, script, port, server, browser, vsix) {
    Object.assign(this, { home, script, port, server, browser, vsix });
  }

  /** A window on `folder`, or on the folders of a .code-workspace, ready to be used. */
  async open(folder) {
    const context = await this.browser.newContext({ viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    page.on("dialog", (dialog) => dialog.accept());
    const kind = folder.endsWith(".code-workspace") ? "workspace" : "folder";
    await until(async () => {
      // On a busy machine VS Code may show a workspace before it can read its file, and stays at "No Folder Opened".
      await page.goto(`http://127.0.0.1:${this.port}/?${kind}=${encodeURIComponent(folder)}`, { waitUntil: "commit" });
      await page.locator(".explorer-folders-view .monaco-list-row").first().waitFor({ timeout: 20_000 });
    });
    return new Window(page);
  }

  /** What Genie wrote into its output channels, over all windows. */
  log() {
    const logs = join(this.home, "data", "logs");
    const files = readdirSync(logs, { recursive: true }).filter((name) => name.endsWith("Genie.log"));
    return files.map((name) => readFileSync(join(logs, name), "utf8")).join("");
  }

  /** Changes one of the settings that VS Code keeps for this machine. */
  setMachineSetting(name, value) {
    const file = join(this.home, "data", "Machine", "settings.json");
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), [name]: value }));
  }

  /** Kills Genie's servers in this VS Code, without a word; returns how many. */
  killServers() {
    let count = 0;
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      if (read(pid, "cmdline").includes("genie_engineer\0serve\0") && read(pid, "environ").includes(`GENIE_HOME=${this.home}`)) {
        process.kill(Number(pid), "SIGKILL");
        count += 1;
      }
    }
    return count;
  }

  /** Takes the packages out of the environment that Genie made for itself. */
  damageEnvironment() {
    const storage = join(this.home, "data", "User", "globalStorage", "genie-engineer.genie-engineer");
    for (const name of readdirSync(storage)) {
      rmSync(join(storage, name, "lib"), { recursive: true });
    }
  }

  /** Takes that environment away. */
  removeEnvironment() {
    const storage = join(this.home, "data", "User", "globalStorage", "genie-engineer.genie-engineer");
    rmSync(storage, { recursive: true });
  }

  /** After a failure: a picture of each window and what stands in it, Genie's output, and no window left. */
  async keepEvidence(name) {
    for (const context of this.browser.contexts()) {
      for (const page of context.pages()) {
        await new Window(page).screenshot(`failed-${name}`);
        const text = await page.locator(".monaco-workbench").innerText().catch(String);
        console.log(text.split(/\s*\n\s*/).join(" | ").slice(0, 3_000));
      }
      await context.close();
    }
    console.log(this.log().split("\n").slice(-40).join("\n"));
  }

  async close() {
    await this.browser.close();
    process.kill(-this.server.pid);
    await once(this.server, "exit");
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5 });
  }
}
