// The tests that a run has run, in VS Code's own view of tests, with each failure at its line.

import * as vscode from "vscode";
import { testsRequest, type TestView } from "./protocol";
import type { Server } from "./server";
import type { Shown } from "./shown";

export function showTests(shown: Shown, server: Server): vscode.Disposable {
  const controller = vscode.tests.createTestController("genie", "Genie");
  let drawn = "";

  const draw = async (run: string, title: string, tested: string) => {
    const key = `${run} ${tested}`;
    if (!tested || key === drawn) {
      return;
    }
    drawn = key;
    const { tests, told } = await server.request(testsRequest, { run });
    const items = tests.map((test) => itemOf(controller, test));
    const files = new Map(items.map((item) => [item.uri?.toString() ?? "", item.uri]));
    controller.items.replace([...files].map(([key, uri]) => fileItem(controller, key, uri, items)));
    report(controller, `${title}: ${told}`, tests, items);
  };
  return vscode.Disposable.from(
    controller,
    shown.onDidChange((view) => {
      if (view) {
        void draw(view.run, view.title, view.tested).catch(() => (drawn = ""));
      }
    }),
  );
}

function itemOf(controller: vscode.TestController, test: TestView): vscode.TestItem {
  const item = controller.createTestItem(test.id, test.label, test.uri ? vscode.Uri.parse(test.uri) : undefined);
  item.range = new vscode.Range(test.line, 0, test.line, 0);
  return item;
}

/** The tests of a file below its name, as the view of tests groups them. */
function fileItem(
  controller: vscode.TestController,
  key: string,
  uri: vscode.Uri | undefined,
  items: readonly vscode.TestItem[],
): vscode.TestItem {
  const label = uri ? vscode.workspace.asRelativePath(uri) : vscode.l10n.t("Tests");
  const file = controller.createTestItem(`file:${key}`, label, uri);
  file.children.replace(items.filter((item) => (item.uri?.toString() ?? "") === key));
  return file;
}

/** Nothing jumps: the results come without the panel of tests being opened. */
function report(
  controller: vscode.TestController,
  name: string,
  tests: readonly TestView[],
  items: readonly vscode.TestItem[],
): void {
  const request = new vscode.TestRunRequest(items, undefined, undefined, false, true);
  const run = controller.createTestRun(request, name, false);
  tests.forEach((test, place) => {
    const item = items[place];
    const took = test.seconds ? test.seconds * 1_000 : undefined;
    if (item && test.status === "passed") {
      run.passed(item, took);
    } else if (item) {
      run[test.status === "error" ? "errored" : "failed"](item, messageOf(test), took);
    }
  });
  run.end();
}

function messageOf(test: TestView): vscode.TestMessage {
  const message = new vscode.TestMessage(test.message);
  if (test.failed_uri) {
    message.location = new vscode.Location(vscode.Uri.parse(test.failed_uri), new vscode.Position(test.failed_line, 0));
  }
  return message;
}
