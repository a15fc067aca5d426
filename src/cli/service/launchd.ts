import { posix } from 'node:path'
import { productName } from '../../version.ts'
import { checkTexts, keyNote, type ServiceKind, stopSeconds, withheldNote, xmlComment, xmlText } from './service.ts'

/** macOS: an agent of the user's own launchd. Keys: launchd.plist(5). */

const label = `io.github.${productName}`
const plist = `~/Library/LaunchAgents/${label}.plist`
const logFolder = `Library/Logs/${productName}`
const logFile = 'server.log'

const string = (text: string): string => `<string>${xmlText(text)}</string>`

const array = (texts: readonly string[]): string =>
  ['<array>', ...texts.map((text) => `    ${string(text)}`), '  </array>'].join('\n')

const dictionary = (entries: readonly (readonly [string, string])[]): string =>
  ['<dict>', ...entries.map(([key, value]) => `    <key>${xmlText(key)}</key>\n    ${value}`), '  </dict>'].join('\n')

/** launchd's default is ten seconds, with which a wrong configuration would fill the log. */
const restartSeconds = 30
/** Octal 077: only the user can access the files that it writes. */
const umask = 0o077

export const launchd: ServiceKind = {
  unit(service) {
    checkTexts(service)
    const { program, args, environment, home } = service
    const notes = [`Made by: ${productName} service print launchd`, ...keyNote, ...withheldNote(service)]
    const entries: readonly (readonly [string, string])[] = [
      ['Label', string(label)],
      ['ProgramArguments', array([program, ...args])],
      ...(environment.length === 0
        ? []
        : [['EnvironmentVariables', dictionary(environment.map(([name, value]) => [name, string(value)]))] as const]),
      ['RunAtLoad', '<true/>'],
      ['KeepAlive', dictionary([['SuccessfulExit', '<false/>']])],
      ['ThrottleInterval', `<integer>${restartSeconds}</integer>`],
      ['ExitTimeOut', `<integer>${stopSeconds(service)}</integer>`],
      // A user waits for each answer, so launchd must not throttle the process.
      ['ProcessType', string('Interactive')],
      ['StandardErrorPath', string(posix.join(home, logFolder, logFile))],
      // No core dumps: they would write the key to a file.
      ['HardResourceLimits', dictionary([['Core', '<integer>0</integer>']])],
      ['Umask', `<integer>${umask}</integer>`],
    ]
    return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
${xmlComment(notes)}<plist version="1.0">
<dict>
${entries.map(([key, value]) => `  <key>${key}</key>\n  ${value}\n`).join('')}</dict>
</plist>
`
  },
  steps: () => `Save it where launchd looks, with the same flags:
  mkdir -p ~/Library/LaunchAgents ~/${logFolder}
  ${productName} service print launchd \\
    > ${plist}
Start it now and at each login:
  launchctl bootstrap gui/$(id -u) \\
    ${plist}
Show its status and its log:
  launchctl print gui/$(id -u)/${label}
  tail -f ~/${logFolder}/${logFile}
Restart it after an upgrade:
  launchctl kickstart -k gui/$(id -u)/${label}
Remove it:
  launchctl bootout gui/$(id -u)/${label}
  rm ${plist}
`,
}
