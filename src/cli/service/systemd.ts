import { UsageError } from '../../base/usage-error.ts'
import { homepage, productName } from '../../version.ts'
import { checkTexts, keyNote, type Service, type ServiceKind, stopSeconds, summary, withheldNote } from './service.ts'

/** Linux: a unit of the user's own systemd. Rules of quoting: systemd.service(5), systemd.syntax(7). */

const plain = /^[\w./:@=+,-]+$/

/** Percent signs begin specifiers everywhere. */
const quoted = (text: string): string =>
  plain.test(text) ? text : `"${text.replace(/["\\]/g, String.raw`\$&`).replaceAll('%', '%%')}"`

/** systemd also replaces variables in arguments, but not in the program's path. */
const argument = (text: string): string => quoted(text).replaceAll('$', '$$$$')

/** systemd refuses these in a path, however they are quoted. */
const refusedInPath = /["'\\]/

/** Throws UsageError. */
const programPath = (path: string): string => {
  if (refusedInPath.test(path))
    throw new UsageError(
      'The path of this program contains a quote or a backslash, which systemd refuses. Move the program, and print again.',
    )
  return quoted(path)
}

/** A locked keychain ends the server with 2, too: a desktop unlocks it only after the user's units have started. */
const restartLines = ({ fetchesSecrets }: Service): string =>
  fetchesSecrets
    ? '# The keychain, or the program that prints the key, may not be ready right after a login: systemd starts the server up to five times.'
    : `# Exit code 2: the configuration is wrong, or the port is in use. A restart does not help.
RestartPreventExitStatus=2`

const unitFile = `${productName}.service`
const unitFolder = '~/.config/systemd/user'

export const systemd: ServiceKind = {
  unit(service) {
    checkTexts(service)
    const { program, args, environment } = service
    const notes = [`Made by: ${productName} service print systemd`, ...keyNote, ...withheldNote(service)]
    return `${notes.map((note) => `# ${note}`).join('\n')}

[Unit]
Description=${productName}: ${summary}
Documentation=${homepage}
StartLimitIntervalSec=300
StartLimitBurst=5

[Service]
ExecStart=${[programPath(program), ...args.map(argument)].join(' ')}
${environment.map(([name, value]) => `Environment=${quoted(`${name}=${value}`)}\n`).join('')}Restart=on-failure
RestartSec=5
${restartLines(service)}
# Lets running answers finish: the server itself ends them after ${service.drainSeconds} s.
KillSignal=SIGTERM
KillMode=mixed
TimeoutStopSec=${stopSeconds(service)}
# No core dumps: they would write the key to a file.
LimitCORE=0
UMask=0077
NoNewPrivileges=yes
LockPersonality=yes
RestrictSUIDSGID=yes
RestrictRealtime=yes
RestrictNamespaces=yes
SystemCallArchitectures=native

[Install]
WantedBy=default.target
`
  },
  steps: () => `Save it where systemd looks, with the same flags:
  mkdir -p ${unitFolder}
  ${productName} service print systemd \\
    > ${unitFolder}/${unitFile}
Start it now and at each login:
  systemctl --user daemon-reload
  systemctl --user enable --now ${productName}
Show its status and its log:
  systemctl --user status ${productName}
  journalctl --user -u ${productName} -f
Restart it after an upgrade:
  systemctl --user restart ${productName}
Keep it running while you are logged out:
  loginctl enable-linger
Remove it:
  systemctl --user disable --now ${productName}
  rm ${unitFolder}/${unitFile}
`,
}
