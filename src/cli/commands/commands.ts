import { authLoginCommand } from './auth/login.ts'
import { authLogoutCommand } from './auth/logout.ts'
import { authRefreshCommand } from './auth/refresh.ts'
import { authStatusCommand } from './auth/status.ts'
import { claudeCommand } from './claude.ts'
import { clientTokenCommand } from './client-token.ts'
import { clientsAddCommand } from './clients/add.ts'
import { clientsDisableCommand, clientsEnableCommand, clientsRemoveCommand } from './clients/change.ts'
import { clientsListCommand } from './clients/list.ts'
import { clientsRotateCommand } from './clients/rotate.ts'
import { codexCommand } from './codex.ts'
import { completionCommand, createCompleteCommand } from './completion.ts'
import { configEditCommand } from './config/edit.ts'
import { configGetCommand } from './config/get.ts'
import { configPathCommand } from './config/path.ts'
import { configSetCommand } from './config/set.ts'
import { configShowCommand } from './config/show.ts'
import { configUnsetCommand } from './config/unset.ts'
import { dashboardCommand } from './dashboard.ts'
import { doctorCommand } from './doctor.ts'
import { envCommand } from './env.ts'
import { healthCommand } from './health.ts'
import { type Catalogue, createHelpCommand } from './help.ts'
import { modelsCommand } from './models.ts'
import { openCodeCommand } from './opencode.ts'
import { servicePrintCommand } from './service.ts'
import { setupCommand } from './setup.ts'
import { signInApproveCommand, signInDenyCommand } from './sign-in/decide.ts'
import { signInInviteCommand } from './sign-in/invite.ts'
import { signInListCommand } from './sign-in/list.ts'
import { signInRevokeCommand } from './sign-in/revoke.ts'
import { simulateCommand } from './simulate.ts'
import { startCommand } from './start.ts'
import { usageDeleteCommand } from './usage/delete.ts'
import { usageExportCommand } from './usage/export.ts'
import { usageCommand } from './usage/usage.ts'
import { usageWatchCommand } from './usage/watch.ts'
import { workerCommand } from './worker.ts'

/** All commands. A new command needs its file, and a line here. */
export const catalogue: Catalogue = {
  commands: [
    startCommand,
    claudeCommand,
    codexCommand,
    openCodeCommand,
    envCommand,
    setupCommand,
    doctorCommand,
    healthCommand,
    dashboardCommand,
    configSetCommand,
    configGetCommand,
    configUnsetCommand,
    configShowCommand,
    configEditCommand,
    configPathCommand,
    modelsCommand,
    authLoginCommand,
    authStatusCommand,
    authRefreshCommand,
    authLogoutCommand,
    clientsAddCommand,
    clientsListCommand,
    clientsRotateCommand,
    clientsDisableCommand,
    clientsEnableCommand,
    clientsRemoveCommand,
    signInApproveCommand,
    signInDenyCommand,
    signInInviteCommand,
    signInListCommand,
    signInRevokeCommand,
    usageCommand,
    usageWatchCommand,
    usageExportCommand,
    usageDeleteCommand,
    simulateCommand,
    servicePrintCommand,
    completionCommand,
    createCompleteCommand(() => catalogue),
    clientTokenCommand,
    workerCommand,
    createHelpCommand(() => catalogue),
  ],
  groups: [
    { name: 'config', description: 'Change and show the configuration, and store your key safely' },
    { name: 'auth', description: 'Sign in with a Claude plan, for the upstream anthropic' },
    { name: 'clients', description: 'Name the clients of a server, with a token and limits for each' },
    { name: 'sign-in', description: "Approve, list and end sign-ins of Claude Code's /login" },
    { name: 'usage', description: 'Report what clients used, and estimated costs' },
    { name: 'service', description: 'Run the server in the background, started at login' },
  ],
  defaultCommand: startCommand,
}
