// The connection to the Python server: started at the first need, restarted by the client itself when it dies.

import * as vscode from "vscode";
import { CancellationToken, LanguageClient, type RequestType, TransportKind } from "vscode-languageclient/node";
import { clientCommands, findCodeRequest, indexRequest, lookRequest } from "./protocol";
import { NoPython } from "./python";

/** What may be asked in a workspace that isn't trusted: it reads files, and runs nothing of the workspace's. */
const HARMLESS: readonly string[] = [findCodeRequest.method, indexRequest.method, lookRequest.method];

export class Server implements vscode.Disposable {
  /** Whether it may be asked without a wait for its start. */
  isRunning = false;
  private starting: Promise<LanguageClient> | undefined;
  private watcher: vscode.FileSystemWatcher | undefined;

  constructor(
    private readonly output: vscode.LogOutputChannel,
    private readonly command: () => Promise<readonly string[]>,
    private readonly attach: (client: LanguageClient) => void,
    private readonly greet: (client: LanguageClient) => Promise<void>,
  ) {}

  /** Sends one request; starts the server when it isn't running. */
  async request<P, R, E>(
    type: RequestType<P, R, E>,
    params: P,
    token: vscode.CancellationToken = CancellationToken.None,
  ): Promise<R> {
    if (!vscode.workspace.isTrusted && !HARMLESS.includes(type.method)) {
      throw new Error("Genie does this only in a trusted workspace.");
    }
    return (await this.client()).sendRequest<R>(type.method, params, token);
  }

  /** The running client. Rejects when the server can't be started; the next call tries again. */
  client(): Promise<LanguageClient> {
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

  private async start(): Promise<LanguageClient> {
    const [command = "", ...args] = await this.command();
    this.watcher ??= vscode.workspace.createFileSystemWatcher("**");
    const client = new LanguageClient(
      "genie",
      "Genie",
      { command, args, transport: TransportKind.stdio },
      {
        documentSelector: [{ scheme: "file" }],
        synchronize: { fileEvents: this.watcher },
        outputChannel: this.output,
        markdown: { isTrusted: { enabledCommands: Object.values(clientCommands) } },
      },
    );
    this.attach(client);
    await client.start();
    await this.greet(client);
    this.isRunning = true;
    return client;
  }
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
