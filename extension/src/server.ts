// The connection to the Python server: started at the first need, restarted by the client itself when it dies.

import * as vscode from "vscode";
import type { Client } from "./languageClient";
import { findCodeRequest, indexRequest, lookRequest, type Request } from "./protocol";
import { NoPython } from "./python";

/** What may be asked in a workspace that isn't trusted: it reads files, and runs nothing of the workspace's. */
const HARMLESS: readonly string[] = [findCodeRequest.method, indexRequest.method, lookRequest.method];

export class Server implements vscode.Disposable {
  /** Whether it may be asked without a wait for its start. */
  isRunning = false;
  private starting: Promise<Client> | undefined;
  private watcher: vscode.FileSystemWatcher | undefined;

  constructor(
    private readonly output: vscode.LogOutputChannel,
    private readonly command: () => Promise<readonly string[]>,
    private readonly attach: (client: Client) => void,
    private readonly greet: (client: Client) => Promise<void>,
  ) {}

  /** Sends one request; starts the server when it isn't running. */
  async request<P, R>(type: Request<P, R>, params: P, token?: vscode.CancellationToken): Promise<R> {
    if (!vscode.workspace.isTrusted && !HARMLESS.includes(type.method)) {
      throw new Error("Genie does this only in a trusted workspace.");
    }
    return (await this.client()).request(type, params, token);
  }

  /** The running client. Rejects when the server can't be started; the next call tries again. */
  client(): Promise<Client> {
    this.starting ??= this.start().catch((error: unknown) => {
      this.starting = undefined;
      throw error;
    });
    return this.starting;
  }

  async dispose(): Promise<void> {
    this.watcher?.dispose();
    await (await this.starting?.catch(() => undefined))?.dispose();
  }

  private async start(): Promise<Client> {
    const command = await this.command();
    const { Client } = await import("./languageClient.js");
    this.watcher ??= vscode.workspace.createFileSystemWatcher("**");
    const client = new Client(command, this.output, this.watcher);
    this.attach(client);
    await client.start();
    await this.greet(client);
    this.isRunning = true;
    return client;
  }
}

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
  const buttons = [error instanceof NoPython ? "Choose Python" : "Show Output", ...(again ? ["Try Again"] : [])];
  const button = await vscode.window.showErrorMessage(text, ...buttons);
  if (button === "Choose Python") {
    await vscode.commands.executeCommand("workbench.action.openSettings", "genie.python");
  } else if (button === "Show Output") {
    output.show();
  } else if (button === "Try Again") {
    again?.();
  }
}
