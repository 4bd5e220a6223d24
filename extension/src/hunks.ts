// Proposed hunks inside the editor: the lines to go marked, the lines to come beside them.

import * as vscode from "vscode";
import type { HunkView } from "./protocol";
import { isAt, type Shown, sizeOf } from "./shown";

const RULER = { overviewRulerLane: vscode.OverviewRulerLane.Left };

/** More lines to come than this are cut short; the hover and the diff have them all. */
const MOST_LINES = 40;

/** Where lines to come begin at most: further right they would be out of sight in a narrow editor. */
const FARTHEST_COLUMN = 80;

export function showHunks(shown: Shown): vscode.Disposable {
  const going = vscode.window.createTextEditorDecorationType({
    ...RULER,
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor("diffEditor.removedLineBackground"),
    // Themes of high contrast have this in place of a background; the others are without.
    outlineStyle: "dashed",
    outlineWidth: "1px",
    outlineColor: new vscode.ThemeColor("diffEditor.removedTextBorder"),
    overviewRulerColor: new vscode.ThemeColor("minimapGutter.deletedBackground"),
  });
  const coming = vscode.window.createTextEditorDecorationType({
    ...RULER,
    overviewRulerColor: new vscode.ThemeColor("minimapGutter.addedBackground"),
  });
  const between = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    borderStyle: "solid",
    borderWidth: "1px 0 0 0",
    borderColor: new vscode.ThemeColor("editorGutter.addedBackground"),
  });

  function draw(editor: vscode.TextEditor): void {
    const inDiff = editor.viewColumn === undefined; // there the difference is shown already
    const files = inDiff ? [] : (shown.view?.changes ?? []).filter((file) => isAt(file, editor.document.uri));
    const hunks = files.flatMap((file) => file.hunks).filter(({ state, line }) => state === "open" && line >= 0);
    const insertions = hunks.filter((hunk) => hunk.removed.length === 0);
    editor.setDecorations(going, hunks.filter((hunk) => hunk.removed.length > 0).map(linesToGo));
    const arrivals = hunks.filter((hunk) => hunk.added.length > 0);
    editor.setDecorations(coming, arrivals.map((hunk) => linesToCome(hunk, editor, roomFor(hunk, hunks))));
    editor.setDecorations(between, insertions.map((hunk) => new vscode.Range(hunk.line, 0, hunk.line, 0)));
  }

  const drawAll = () => vscode.window.visibleTextEditors.forEach(draw);
  return vscode.Disposable.from(
    going,
    coming,
    between,
    shown.onDidChange(drawAll),
    vscode.window.onDidChangeVisibleTextEditors(drawAll),
  );
}

function linesToGo(hunk: HunkView): vscode.DecorationOptions {
  const last = hunk.line + sizeOf(hunk).removed - 1;
  return { range: new vscode.Range(hunk.line, 0, last, Number.MAX_SAFE_INTEGER) };
}

/**
 * The new text stands to the right of the old, as one block: an extension can't open space between lines.
 * The block is the `content` of the attachment itself, since `contentText` takes a single line only.
 */
function linesToCome(hunk: HunkView, editor: vscode.TextEditor, room: number): vscode.DecorationOptions {
  const { document } = editor;
  const more = sizeOf(hunk).added - room;
  const shown = more > 0 ? [...hunk.added.slice(0, room - 1), vscode.l10n.t("… {0} more lines", more + 1)] : hunk.added;
  const anchor = Math.min(hunk.line, document.lineCount - 1);
  const tab = Number(editor.options.tabSize);
  const covered = Array.from({ length: Math.max(shown.length, hunk.removed.length) }, (_, i) => anchor + i);
  const widths = covered.map((line) => (line < document.lineCount ? spaced(document.lineAt(line).text, tab).length : 0));
  const column = Math.min(Math.max(...widths), FARTHEST_COLUMN);
  const gap = Math.max(column - (widths[0] ?? 0), 0) + 3;
  const end = document.lineAt(anchor).range.end;
  return {
    range: new vscode.Range(end, end),
    renderOptions: { after: { contentText: " ", textDecoration: block(shown.map((line) => spaced(line, tab)), gap) } },
  };
}

/** How many lines the block may have without covering the next hunk. */
function roomFor(hunk: HunkView, all: readonly HunkView[]): number {
  const next = Math.min(...all.map(({ line }) => line).filter((line) => line > hunk.line));
  return Math.min(MOST_LINES, Math.max(next - hunk.line, 1));
}

/** Tabs as the spaces they take. */
function spaced(line: string, tab: number): string {
  return line.replace(/\t/g, " ".repeat(tab));
}

/** Style that makes an attachment a block of lines over the theme's own colours. */
function block(lines: readonly string[], gap: number): string {
  const text = lines.map(quoted).join("\\a ");
  const green = "var(--vscode-diffEditor-insertedLineBackground)";
  return [
    "none",
    `content: "${text}"`,
    "position: absolute",
    "z-index: 1",
    "white-space: pre",
    `margin-left: ${gap}ch`,
    "padding: 0 1ch",
    "border-radius: 3px",
    "outline: 1px solid var(--vscode-diffEditor-insertedTextBorder, transparent)",
    "color: var(--vscode-editor-foreground)",
    `background: linear-gradient(${green}, ${green}), var(--vscode-editor-background)`,
  ].join("; ");
}

/** Text as it may stand in a CSS string: whatever could end the string is written as its code point. */
function quoted(line: string): string {
  return line.replace(/[^\w .,:()=+-]/gu, (sign) => `\\${sign.codePointAt(0)?.toString(16)} `);
}
