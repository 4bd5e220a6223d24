// What Genie keeps on the disk: a list of it, from which it is cleaned.

import * as vscode from "vscode";
import { cleanStoreRequest, storeRequest } from "./protocol";
import type { Server } from "./server";

interface Row extends vscode.QuickPickItem {
  readonly everything?: boolean;
}

/** Shows what takes how much; the two first rows clean. */
export async function showStore(server: Server): Promise<void> {
  const { items, bound } = await server.request(storeRequest, {});
  const rows: Row[] = [
    { label: vscode.l10n.t("$(trash) Clean"), detail: vscode.l10n.t("Leftovers, and indexes of repositories that are gone"), everything: false },
    { label: vscode.l10n.t("$(trash) Clean All"), detail: vscode.l10n.t("Every private copy and index that nothing uses; no run"), everything: true },
    { label: vscode.l10n.t("Kept"), kind: vscode.QuickPickItemKind.Separator },
    ...items.map((item) => ({ label: `${item.takes}  ${item.what}`, description: item.name, detail: item.about })),
  ];
  const picked = await vscode.window.showQuickPick(rows, { title: vscode.l10n.t("Genie: What Genie Keeps"), placeHolder: bound });
  if (picked?.everything !== undefined) {
    const { told } = await server.request(cleanStoreRequest, { everything: picked.everything });
    void vscode.window.showInformationMessage(told);
  }
}
