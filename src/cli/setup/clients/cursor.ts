import { UsageError } from '../../../base/usage-error.ts'
import { productName } from '../../../version.ts'
import type { SetupClient } from '../client-plan.ts'

export const cursorSetup: SetupClient = {
  name: 'cursor',
  title: 'Cursor',
  files: () => [],
  plan() {
    throw new UsageError(
      `Cursor's own servers send requests with a custom key, and cannot reach this machine. Use the Claude Code extension inside Cursor: ${productName} setup vscode. Or run Claude Code in Cursor's terminal.`,
    )
  },
}
