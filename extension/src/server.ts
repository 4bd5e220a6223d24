// The connection to the Python server: started at the first need, and again when it dies, a few times.

import { existsSync } from "node:fs";
import { isAbsolute } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import * as vscode from "vscode";
import type { Client } from "./languageClient";
import { findCodeRequest, indexRequest, lookRequest, reportRequest, type Request } from "./protocol";
import { NoPython } from "./python";

/** What may be asked in a workspace that isn't trusted: it reads files, and runs nothing of the workspace's. */
const HARMLESS: readonly string[] = [findCodeRequest.method, indexRequest.method, lookRequest.method, reportRequest.method];

/** Milliseconds before the server is started again, from one loss to the next within three minutes. */
const WAITS = [200, 2_000, 8_000];
export const RECENT = 3 * 60_000;

/** What a Server tells of itself. */
export interface Witness {
  /** The client is new: its handlers are to be set. */
  attach(client: Client): void;
  /** The server runs, for the first time or again. */
  greet(client: Client): Promise<void>;
  /** It died, and is started again by itself. */
  lost(): void;
  /** It runs again after it was lost. */
  back(): Promise<void>;
  /** It died too often, or can't be started again: it stays so until it is asked for. */
  gone(error: unknown): void;
}

/** The user doesn't trust the workspace, and it would take more than reading. */
export class NotTrusted extends Error {}

/** The server and the extension are of different versions. */
export class OtherVersion extends Error {}

/** The server ended before it answered. */
export class Ended extends Error {}

/** It did so again and again, and isn't started any more by itself. */
export class TooOften extends Ended {}

/** The environment that the server runs in is not there any more. */
export class NoEnvironment extends Error {}

export class Server implements vscode.Disposable {
  /** Whether it may be asked without a wait for its start. */
  isRunning = false;
  private starting: Promise<Client> | undefined;
  private watcher: vscode.FileSystemWatcher | undefined;
  private program = "";
  private losses: number[] = [];
  private isDisposed = false;

  constructor(
    private readonly output: vscode.LogOutputChannel,
    private readonly version: string,
    private readonly command: () => Promise<readonly string[]>,
    private readonly witness: Witness,
  ) {}

  /** Sends one request; starts the server when it isn't running. */
  async request<P, R>(type: Request<P, R>, params: P, token?: vscode.CancellationToken): Promise<R> {
    if (!vscode.workspace.isTrusted && !HARMLESS.includes(type.method)) {
      throw new NotTrusted(vscode.l10n.t("Genie does this only in a trusted workspace. Finding code is possible here."));
    }
    const client = await this.client();
    if (isAbsolute(this.program) && !existsSync(this.program)) {
      throw new NoEnvironment(vscode.l10n.t("Genie's Python environment is gone: there is no {0}. It can be set up again.", this.program));
    }
    try {
      return await client.request(type, params, token);
    } catch (error) {
      throw client.isRunning ? error : new Ended(vscode.l10n.t("Genie's server ended before it answered. It is started again."));
    }
  }

  /** The running client. Rejects when the server can't be started; the next call tries again. */
  client(): Promise<Client> {
    return this.keep(this.starting ?? this.start());
  }

  /** Ends the server, if it runs, and starts it anew; `between` is done while there is none. */
  async restart(between: () => Promise<void> = async () => {}): Promise<void> {
    const running = this.starting;
    this.starting = undefined;
    this.isRunning = false;
    this.losses = [];
    this.witness.lost();
    await (await running?.catch(() => undefined))?.dispose().catch(() => undefined);
    await between();
    await this.client();
    await this.witness.back();
  }

  async dispose(): Promise<void> {
    this.isDisposed = true;
    this.watcher?.dispose();
    await (await this.starting?.catch(() => undefined))?.dispose();
  }

  private keep(starting: Promise<Client>): Promise<Client> {
    if (this.starting !== starting) {
      this.starting = starting;
      starting.catch(() => {
        if (this.starting === starting) {
          this.starting = undefined;
        }
      });
    }
    return starting;
  }

  private async start(): Promise<Client> {
    const command = await this.command();
    const { Client } = await import("./languageClient.js");
    this.program = command[0] ?? "";
    this.watcher ??= vscode.workspace.createFileSystemWatcher("**");
    const client = new Client(command, this.output, this.watcher, () => this.died());
    this.witness.attach(client);
    try {
      await client.start();
    } catch (error) {
      this.output.error(`The server can't be started: ${error}`);
      throw new Ended(vscode.l10n.t("Genie's server ended at its start. The log says why."));
    }
    try {
      this.check(client);
      await this.witness.greet(client);
    } catch (error) {
      await client.dispose().catch(() => undefined);
      throw error;
    }
    this.isRunning = true;
    return client;
  }

  /** Half of the requests of another version may work: none is tried. */
  private check(client: Client): void {
    const theirs = client.serverVersion;
    this.output.info(`Extension ${this.version}, server ${theirs}.`);
    if (theirs !== this.version) {
      throw new OtherVersion(
        vscode.l10n.t(
          "Genie's extension is version {0}, but its server is version {1}, and they only work as a pair. It is started anew once they are the same.",
          this.version,
          theirs || vscode.l10n.t("unknown"),
        ),
      );
    }
  }

  private died(): void {
    if (!this.isRunning || this.isDisposed) {
      return; // At its start whoever asked for it hears of it.
    }
    this.isRunning = false;
    this.witness.lost();
    void this.keep(this.startAgain()).then(
      () => this.witness.back(),
      (error: unknown) => this.isDisposed || this.witness.gone(error),
    );
  }

  private async startAgain(): Promise<Client> {
    for (;;) {
      const now = Date.now();
      this.losses = [...this.losses.filter((at) => now - at < RECENT), now];
      const pause = WAITS[this.losses.length - 1];
      if (pause === undefined) {
        this.losses = [];
        throw new TooOften(vscode.l10n.t("Genie's server ended {0} times within a few minutes.", WAITS.length + 1));
      }
      await wait(pause);
      try {
        return await this.start();
      } catch (error) {
        if (!(error instanceof Ended) || this.isDisposed) {
          throw error;
        }
      }
    }
  }
}

/** Each kind of failure: the button beside its message, and what that does. */
const WAYS_OUT = [
  [NoPython, vscode.l10n.t("Choose Python"), () => vscode.commands.executeCommand("workbench.action.openSettings", "genie.python")],
  [NotTrusted, vscode.l10n.t("Manage Workspace Trust"), () => vscode.commands.executeCommand("workbench.trust.manage")],
  [NoEnvironment, vscode.l10n.t("Set Up Again"), () => vscode.commands.executeCommand("genie.setUpAgain")],
  [OtherVersion, vscode.l10n.t("Set Up Again"), () => vscode.commands.executeCommand("genie.setUpAgain")],
] as const;

/** Whether it is the server's own word that it won't, and not that it can't be reached. */
export function isRefusal(error: unknown): error is Error {
  return error instanceof Error && "code" in error && typeof error.code === "number";
}

const explained = new WeakSet<Error>();

/** Shows a failure once, with what the user can do about it; a start that failed may have several witnesses. */
export async function explain(error: unknown, output: vscode.LogOutputChannel, again?: () => void): Promise<void> {
  if (!(error instanceof Error) || error instanceof vscode.CancellationError || explained.has(error)) {
    return;
  }
  explained.add(error);
  const text = error.message;
  output.error(error instanceof NoPython ? [text, ...error.tried].join("\n  ") : text);
  const [, wayOut = vscode.l10n.t("Show Log"), act = () => output.show()] = WAYS_OUT.find(([kind]) => error instanceof kind) ?? [];
  const button = await vscode.window.showErrorMessage(text, wayOut, ...(again ? [vscode.l10n.t("Try Again")] : []));
  if (button === wayOut) {
    await act();
  } else if (button === vscode.l10n.t("Try Again")) {
    again?.();
  }
}
