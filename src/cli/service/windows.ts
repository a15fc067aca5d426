import { win32 } from 'node:path'
import { UsageError } from '../../base/usage-error.ts'
import { homepage, productName } from '../../version.ts'
import { powershellQuote } from '../clients/shells.ts'
import { runtimeQuote } from '../system/program-command.ts'
import {
  checkTexts,
  keyNote,
  type Service,
  type ServiceKind,
  summary,
  withheldNote,
  xmlComment,
  xmlText,
} from './service.ts'

/** Windows: a task of the Task Scheduler. Schema: Microsoft's "Task Scheduler Schema", version 1.4. */

/** Runs a console program without its window, which would open at each login otherwise. Windows 10 1809 and later. */
const headless = String.raw`%SystemRoot%\System32\conhost.exe`

const plain = /^[\w.:\\/@=+,-]+$/
const argument = (text: string): string => (plain.test(text) ? text : runtimeQuote(text))

/** The scheduler replaces these, and they cannot be escaped. */
const replaced = /%[^%]+%|\$\(/

/** Throws UsageError. */
const commandLine = (words: readonly string[]): string => {
  const line = words.map(argument).join(' ')
  if (replaced.test(line))
    throw new UsageError(
      'A path or a value contains %...% or $(, which the Task Scheduler of Windows replaces. Rename it, and print again.',
    )
  return line
}

/** A program without a window has no visible output. */
const withLogFile = ({ args, localData, logFile }: Service): string[] =>
  logFile !== undefined || localData === undefined
    ? [...args]
    : [...args, '--log-file', win32.join(localData, productName, 'server.log')]

/** Without a name, the task would run for every user, which only administrators may register. */
const userId = ({ user }: Service): string => (user === undefined ? '' : `\n      <UserId>${xmlText(user)}</UserId>`)

export const windows: ServiceKind = {
  unit(service) {
    checkTexts(service)
    const { program, environment } = service
    const line = commandLine(['--headless', program, ...withLogFile(service)])
    const names = environment.map(([name]) => name)
    const notes = [
      `Made by: ${productName} service print windows`,
      ...keyNote,
      ...withheldNote(service),
      ...(names.length === 0 ? [] : [`A task cannot set variables. Set these for your account: ${names.join(', ')}.`]),
      'Save this as UTF-16 (Out-File -Encoding unicode): the scheduler reads nothing else.',
    ]
    return `<?xml version="1.0" encoding="UTF-16"?>
${xmlComment(notes)}<Task version="1.4" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>${productName}: ${summary}. ${homepage}</Description>
  </RegistrationInfo>
  <Triggers>
    <LogonTrigger>
      <Enabled>true</Enabled>${userId(service)}
    </LogonTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">${userId(service)}
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <Priority>5</Priority>
    <RestartOnFailure>
      <Interval>PT1M</Interval>
      <Count>5</Count>
    </RestartOnFailure>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>${headless}</Command>
      <Arguments>${xmlText(line)}</Arguments>
    </Exec>
  </Actions>
</Task>
`
  },
  steps(service) {
    const file = `${productName}.xml`
    const folder = `"$env:LOCALAPPDATA\\${productName}"`
    const { environment, logFile } = service
    const log = logFile === undefined ? `"$env:LOCALAPPDATA\\${productName}\\server.log"` : powershellQuote(logFile)
    // Not with setx: it cuts values after 1024 characters.
    const variables = environment
      .map(([name, value]) => `  [Environment]::SetEnvironmentVariable('${name}', ${powershellQuote(value)}, 'User')\n`)
      .join('')
    const forLog = logFile === undefined ? ` and a folder for the log:\n  mkdir -Force ${folder}` : ':'
    return `Save it in PowerShell, with the same flags${forLog}
  ${productName} service print windows |
    Out-File -Encoding unicode ${file}
${variables === '' ? '' : `Set these variables for your account, and log in again:\n${variables}`}Start it now and at each login; no administrator rights are needed:
  schtasks /create /tn ${productName} /xml ${file}
  schtasks /run /tn ${productName}
Show its status and its log:
  schtasks /query /tn ${productName} /v /fo list
  Get-Content -Wait ${log}
Restart it after an upgrade:
  schtasks /end /tn ${productName}
  schtasks /run /tn ${productName}
Remove it:
  schtasks /end /tn ${productName}
  schtasks /delete /tn ${productName} /f
`
  },
}
