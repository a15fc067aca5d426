import { productName } from '../../../version.ts'
import type { SetupClient } from '../client-plan.ts'

export const jetBrainsSetup: SetupClient = {
  name: 'jetbrains',
  title: 'JetBrains IDEs',
  // The plugin runs the program in the terminal of the IDE.
  with: ['claude-code'],
  files: () => [],
  plan: ({ url }) => ({
    files: [],
    notes: [
      'The plugin of Claude Code runs the program of your terminal, which reads these settings.',
      // The IDE writes the file again when it ends.
      `For Claude as an ACP agent, add ANTHROPIC_BASE_URL with ${url} to acp.registry.claude-acp.env of acp-agents/installed.json, while the IDE is closed. ${productName} does not change this file.`,
    ],
    restart: 'Restart the IDE, or open a new terminal in it.',
    check: 'Start Claude Code from the IDE, and send a message.',
  }),
}
