// The user's key for a model's provider: kept in VS Code's secret storage, handed to the server's memory.

import * as vscode from "vscode";
import type { Client } from "./languageClient";
import { lendKeyRequest } from "./protocol";
import type { Server } from "./server";

const SECRET = "genie.apiKey";

/** Asks for the key, keeps it, and hands it over if the server runs; an empty one is taken away. */
export async function setKey(secrets: vscode.SecretStorage, server: Server): Promise<void> {
  const known = await secrets.get(SECRET);
  const key = await vscode.window.showInputBox({
    title: vscode.l10n.t("Genie: Set API Key"),
    prompt: known
      ? vscode.l10n.t("For the model's provider. It is kept in VS Code's secret storage. Empty: the present one is taken away.")
      : vscode.l10n.t("For the model's provider. It is kept in VS Code's secret storage."),
    placeHolder: known ? vscode.l10n.t("There is a key; a new one takes its place") : vscode.l10n.t("e.g. sk-…"),
    password: true,
    ignoreFocusOut: true,
  });
  if (key === undefined) {
    return;
  }
  await (key.trim() ? secrets.store(SECRET, key.trim()) : secrets.delete(SECRET));
  if (server.isRunning) {
    await lendKey(secrets, await server.client());
  }
  vscode.window.setStatusBarMessage(key.trim() ? vscode.l10n.t("Genie has a key") : vscode.l10n.t("Genie has no key"), 10_000);
}

/** Hands the key over, or that there is none any more. Where nothing is run, nothing is handed over. */
export async function lendKey(secrets: vscode.SecretStorage, client: Client): Promise<void> {
  if (vscode.workspace.isTrusted) {
    await client.request(lendKeyRequest, { key: (await secrets.get(SECRET)) ?? "" });
  }
}
