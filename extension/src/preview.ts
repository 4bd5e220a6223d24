// Looking at places in the code without going there, and back to where the user was.

import * as vscode from "vscode";
import type { CodeSpan } from "./protocol";

export class Preview {
  private readonly mark = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor("editor.rangeHighlightBackground"),
  });
  private readonly open = new Set(openTabs().map(({ uri }) => uri));
  private readonly before = editorOfTab();
  private readonly selections = this.before?.selections ?? [];
  private readonly visible = this.before?.visibleRanges[0];
  private readonly wasPreview = vscode.window.tabGroups.activeTabGroup.activeTab?.isPreview ?? false;
  private wanted: CodeSpan | undefined;
  private showing: Promise<unknown> = Promise.resolve();

  /** Shows the span while the focus stays; of several wishes in a row the last one counts. */
  show(span: CodeSpan): void {
    this.wanted = span;
    const look = async () => this.wanted === span && (await reveal(span, true, this.mark));
    this.showing = this.showing.then(look).catch(() => undefined); // it may be gone; opening it will say so
  }

  /** Goes to the span for good. */
  async go(span: CodeSpan): Promise<void> {
    await this.end();
    await reveal(span, false);
  }

  /** Everything as it was before the first look. */
  async back(): Promise<void> {
    const looked = this.wanted !== undefined;
    await this.end();
    if (looked && this.before) {
      const { document, viewColumn } = this.before;
      const options = { preview: this.wasPreview, ...(viewColumn && { viewColumn }) };
      const editor = await vscode.window.showTextDocument(document.uri, options);
      editor.selections = this.selections;
      if (this.visible) {
        editor.revealRange(this.visible, vscode.TextEditorRevealType.AtTop);
      }
    }
    const ours = openTabs().filter(({ tab, uri }) => tab.isPreview && !this.open.has(uri));
    await vscode.window.tabGroups.close(ours.map(({ tab }) => tab));
  }

  private async end(): Promise<void> {
    this.wanted = undefined;
    await this.showing;
    this.mark.dispose();
  }
}

async function reveal(
  span: CodeSpan,
  preserveFocus: boolean,
  mark?: vscode.TextEditorDecorationType,
): Promise<void> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(span.uri));
  const last = document.lineAt(Math.min(span.end, document.lineCount) - 1);
  const first = document.lineAt(Math.min(span.start - 1, last.lineNumber));
  const cursor = new vscode.Position(first.lineNumber, first.firstNonWhitespaceCharacterIndex);
  const selection = new vscode.Range(cursor, cursor);
  const editor = await vscode.window.showTextDocument(document, { preview: true, preserveFocus, selection });
  const lines = new vscode.Range(first.range.start, last.range.end);
  editor.revealRange(lines, vscode.TextEditorRevealType.InCenter);
  if (mark) {
    editor.setDecorations(mark, [lines]);
  }
}

/** The active editor, unless it is a part of something else, such as a diff. */
function editorOfTab(): vscode.TextEditor | undefined {
  const { input } = vscode.window.tabGroups.activeTabGroup.activeTab ?? {};
  const editor = vscode.window.activeTextEditor;
  const same = input instanceof vscode.TabInputText && input.uri.toString() === editor?.document.uri.toString();
  return same ? editor : undefined;
}

function openTabs(): { tab: vscode.Tab; uri: string }[] {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  return tabs.flatMap((tab) => (tab.input instanceof vscode.TabInputText ? [{ tab, uri: tab.input.uri.toString() }] : []));
}
