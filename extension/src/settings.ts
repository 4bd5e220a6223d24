// Settings as the user has them: what a repository's own settings say of Genie counts for its test command alone.

import * as vscode from "vscode";

/** The user's value, or the machine's, whatever stands in the workspace. */
export function own<T>(name: string, otherwise: T): T {
  const known = vscode.workspace.getConfiguration("genie").inspect<T>(name);
  return known?.globalValue ?? known?.defaultValue ?? otherwise;
}

/** How the folder's tests are run, "" if that is to be found out; nothing in a workspace that isn't trusted. */
export function testCommand(folder: vscode.WorkspaceFolder): string {
  return vscode.workspace.isTrusted ? vscode.workspace.getConfiguration("genie", folder).get("testCommand", "") : "";
}

/** Makes it the user's. */
export async function setOwn(name: string, value: string | number): Promise<void> {
  await vscode.workspace.getConfiguration("genie").update(name, value, vscode.ConfigurationTarget.Global);
}
