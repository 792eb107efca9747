/** What compiler, verifier and machine say about lines of the driver, file by file. */
import type { Hold, SourceError } from '../machine/machine-types.ts';
import type { FileTab } from './file-tabs.ts';
import type { Session } from './session.ts';
import type { LineMark } from './source-view.ts';
import { formatCall } from './stepper.ts';
import type { Workspace } from './workspace.ts';

/** The marks of each file that is open, by its index. @param live errors of the text as it stands @param held the call that a paused driver is at */
export function sourceMarks(
  session: Pick<Session, 'findings' | 'errors' | 'bugCheck'>,
  live: readonly SourceError[],
  held: Hold | null,
  workspace: Workspace,
): LineMark[][] {
  const marks: LineMark[][] = workspace.files.map(() => []);
  const add = (file: string | null, mark: LineMark) => marks[workspace.indexOf(file ?? '')]?.push(mark);
  for (const { finding } of session.findings) {
    const { file, line, code, message } = finding;
    if (line !== null) add(file, { line, kind: 'finding', text: `${code}: ${message}` });
  }
  for (const { file, line, column, message } of live.length > 0 ? live : session.errors)
    add(file, { line, column, kind: 'error', text: message, current: true });
  if (held?.line) add(held.file, { line: held.line, kind: 'hold', text: `Paused before ${formatCall(held)}` });
  const { bugCheck } = session;
  if (bugCheck?.line)
    add(bugCheck.file, { line: bugCheck.line, kind: 'error', text: `${bugCheck.name}: ${bugCheck.message}` });
  return marks;
}

/** The files as their tabs show them. */
export function fileTabs(workspace: Workspace, marks: readonly (readonly LineMark[])[]): FileTab[] {
  if (workspace.current.origin === 'none') return [];
  return workspace.files.map(({ name }, index) => {
    const kinds = marks[index]?.map(({ kind }) => kind) ?? [];
    return { name, mark: kinds.includes('error') ? 'error' : kinds.includes('finding') ? 'finding' : null };
  });
}
