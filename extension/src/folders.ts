// The folders of a workspace: in which one a task is, and of which one a run is, said where there are several.

import { realpathSync } from "node:fs";
import { basename, sep } from "node:path";
import * as vscode from "vscode";

/** Asks where there are several; the one that the user is in comes first. */
export async function pickFolder(): Promise<vscode.WorkspaceFolder | undefined> {
  const all = vscode.workspace.workspaceFolders ?? [];
  const folders = all.filter(({ uri }) => uri.scheme === "file");
  if (all.length > 0 && folders.length === 0) {
    throw new Error(vscode.l10n.t("Genie works on a git repository in a folder on the disk, and no such folder is open here."));
  }
  if (folders.length < 2) {
    return folders[0];
  }
  const uri = vscode.window.activeTextEditor?.document.uri;
  const here = uri && vscode.workspace.getWorkspaceFolder(uri);
  const ordered = [...folders].sort((one, other) => Number(other === here) - Number(one === here));
  const picks = ordered.map((folder) => ({ label: folder.name, description: folder.uri.fsPath, folder }));
  return (await vscode.window.showQuickPick(picks, { placeHolder: vscode.l10n.t("In which folder is the task?") }))?.folder;
}

/** The name of the workspace folder that a repository is, holds or lies in; "" where there is no other one. */
export function folderOf(repository: string): string {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const places = folders.map(({ name, uri }) => ({ name, path: real(uri.fsPath) }));
  const related = ({ path }: { path: string }) => isWithin(path, repository) || isWithin(repository, path);
  const own = places.find(({ path }) => path === repository) ?? places.find(related);
  return own ? (places.length > 1 ? own.name : "") : vscode.l10n.t("{0}, not in this workspace", basename(repository));
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder + sep);
}

/** Runs know their repository by its real path. */
function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
