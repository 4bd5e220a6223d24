// The language client: a bundle of its own, loaded when the server is first started and not when VS Code is.

import type * as vscode from "vscode";
import { CancellationToken, LanguageClient, ResponseError, State, TransportKind } from "vscode-languageclient/node";
import { clientCommands, type Notification, type Request } from "./protocol";

/** A connection that knows what each of our methods takes and gives. */
export class Client {
  private readonly client: LanguageClient;

  constructor(
    [command = "", ...args]: readonly string[],
    output: vscode.LogOutputChannel,
    watcher: vscode.FileSystemWatcher,
  ) {
    this.client = new LanguageClient(
      "genie",
      "Genie",
      { command, args, transport: TransportKind.stdio },
      {
        documentSelector: [{ scheme: "file" }],
        synchronize: { fileEvents: watcher },
        outputChannel: output,
        markdown: { isTrusted: { enabledCommands: Object.values(clientCommands) } },
      },
    );
  }

  start(): Promise<void> {
    return this.client.start();
  }

  /** Whenever a server runs, also one that took the place of another. */
  onRunning(act: () => void): void {
    this.client.onDidChangeState(({ newState }) => newState === State.Running && act());
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
