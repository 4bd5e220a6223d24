// The language client: a bundle of its own, loaded when the server is first started and not when VS Code is.

import type * as vscode from "vscode";
import { CancellationToken, CloseAction, ErrorAction, LanguageClient, ResponseError, TransportKind } from "vscode-languageclient/node";
import { clientCommands, type Notification, type Request } from "./protocol";

/** One that only logs its failures: what a user hears of them is told once, by the server's life. */
class Quiet extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

/** A connection that knows what each of our methods takes and gives. */
export class Client {
  private readonly client: LanguageClient;

  constructor(
    [command = "", ...args]: readonly string[],
    output: vscode.LogOutputChannel,
    watcher: vscode.FileSystemWatcher,
    closed: () => void,
  ) {
    this.client = new Quiet(
      "genie",
      "Genie",
      { command, args, transport: TransportKind.stdio },
      {
        documentSelector: [{ scheme: "file" }],
        synchronize: { fileEvents: watcher },
        outputChannel: output,
        markdown: { isTrusted: { enabledCommands: Object.values(clientCommands) } },
        initializationFailedHandler: () => false,
        errorHandler: {
          error: () => ({ action: ErrorAction.Continue, handled: true }),
          closed: () => {
            closed();
            return { action: CloseAction.DoNotRestart, handled: true, message: "The server ended." };
          },
        },
      },
    );
  }

  start(): Promise<void> {
    return this.client.start();
  }

  get isRunning(): boolean {
    return this.client.isRunning();
  }

  /** As the server says in its greeting. */
  get serverVersion(): string {
    return this.client.initializeResult?.serverInfo?.version ?? "";
  }

  request<P, R>(
    type: Request<P, R>,
    params: P,
    token: vscode.CancellationToken = CancellationToken.None,
  ): Promise<R> {
    return this.client.sendRequest<R>(type.method, params, token);
  }

  notify<P>(type: Notification<P>, params: P): Promise<void> {
    return this.client.sendNotification(type.method, params);
  }

  onRequest<P, R>(type: Request<P, R>, answer: (params: P, token: vscode.CancellationToken) => Promise<R>): void {
    this.client.onRequest<unknown, void>(type.method, answer);
  }

  onNotification<P>(type: Notification<P>, hear: (params: P) => void): void {
    this.client.onNotification(type.method, hear);
  }

  /** What is thrown in an answer to tell the server more than a sentence. */
  failure<D>(text: string, data: D): Error {
    return new ResponseError(-32000, text, data);
  }

  dispose(): Promise<void> {
    return this.client.dispose();
  }
}
