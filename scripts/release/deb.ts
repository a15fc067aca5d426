import { createHash } from 'node:crypto'
import { type Entry, textEntry, toAr, toGzip, toTarGz } from './archive.ts'
import { type CompletedShell, completionFile } from './completions.ts'
import { project } from './project.ts'
import { type Accompaniment, moved } from './release-contents.ts'
import type { Target } from './targets.ts'

/** A package for Debian and its derivatives: tar archives in an ar archive. */

const architectures = { x64: 'amd64', arm64: 'arm64' } as const

/** Debian sorts `1.0~rc.1` before `1.0`, and reads the text after `-` as its own revision. */
const debianVersion = project.version.replace('-', '~')

/** Debian's amd64 includes processors without AVX2, and a package cannot require it. */
export const debTargets: readonly string[] = ['linux-x64-baseline', 'linux-arm64']

/** GitHub replaces a `~` in a file name by a dot, and the sums must have the final name. */
export const debName = ({ arch }: Target): string =>
  `${project.name}_${debianVersion.replace('~', '.')}_${architectures[arch]}.deb`

const [owner = ''] = project.repository.split('/')
const maintainer = `The ${project.name} authors <${owner}@users.noreply.github.com>`

/** The glibc of Debian 8 and Ubuntu 14.04. The program needs no newer symbol. */
const leastLibc = '2.17'
const bytesInKibibyte = 1024

const control = (target: Target, entries: readonly Entry[]): string => {
  const size = entries.reduce((sum, { data }) => sum + Math.ceil(data.length / bytesInKibibyte), 0)
  const [brief = '', more = ''] = project.description.replace(/\.$/, '').split(': ')
  return `${[
    `Package: ${project.name}`,
    `Version: ${debianVersion}`,
    `Architecture: ${architectures[target.arch]}`,
    `Maintainer: ${maintainer}`,
    `Installed-Size: ${size}`,
    `Depends: libc6 (>= ${leastLibc})`,
    'Section: net',
    'Priority: optional',
    `Homepage: ${project.homepage}`,
    `Description: ${brief}`,
    ` ${more}.`,
  ].join('\n')}\n`
}

const copyright = ({ license, notices }: Accompaniment): string => {
  const words = Buffer.from(license.data).toString()
  const body = words.trim().split('\n').slice(1)
  const holder = body.find((line) => line.startsWith('Copyright'))?.replace(/^Copyright \(c\) /, '') ?? ''
  const paragraph = body
    .filter((line) => !line.startsWith('Copyright'))
    .join('\n')
    .trim()
    .split('\n')
  return `${[
    'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/',
    `Upstream-Name: ${project.name}`,
    `Source: ${project.homepage}`,
    `Comment: ${notices.path} next to this file has the licenses of bundled third-party code.`,
    '',
    'Files: *',
    `Copyright: ${holder}`,
    'License: Expat',
    ...paragraph.map((line) => (line === '' ? ' .' : ` ${line}`)),
  ].join('\n')}\n`
}

const changelog = (seconds: number): string => {
  const date = new Date(seconds * 1000).toUTCString().replace('GMT', '+0000')
  return [
    `${project.name} (${debianVersion}) unstable; urgency=medium`,
    '',
    `  * Release ${project.version}; its notes:`,
    `    ${project.homepage}/releases`,
    '',
    ` -- ${maintainer}  ${date}\n`,
  ].join('\n')
}

/** Debian's folders for completions of packages. PowerShell has none. */
const completionFolders: readonly (readonly [shell: CompletedShell, path: string])[] = [
  ['bash', `usr/share/bash-completion/completions/${project.name}`],
  ['zsh', `usr/share/zsh/vendor-completions/_${project.name}`],
  ['fish', `usr/share/fish/vendor_completions.d/${project.name}.fish`],
]

/** Warnings of lintian that the package cannot avoid, with the reason. */
const overrides = [
  '# The program is one file with its runtime and its code behind it: to strip it is to lose them.',
  `${project.name}: unstripped-binary-or-object [usr/bin/${project.name}]`,
  '# The runtime is linked by its makers, as a program of one fixed place.',
  `${project.name}: hardening-no-pie [usr/bin/${project.name}]`,
  `${project.name}: hardening-no-relro [usr/bin/${project.name}]`,
  "# The program explains itself: help, and the project's pages.",
  `${project.name}: no-manual-page [usr/bin/${project.name}]`,
  '# The runtime brings its own copies of what it is built with.',
  `${project.name}: embedded-library *`,
  '',
].join('\n')

const dataEntries = (program: Uint8Array, accompaniment: Accompaniment): Entry[] => {
  const documents = `usr/share/doc/${project.name}`
  const zipped = (entry: Entry, path: string): Entry => ({ path, data: toGzip(entry.data) })
  const completion = (shell: CompletedShell): Entry[] =>
    accompaniment.completions.filter(({ path }) => path === completionFile(shell, project.name))
  return [
    { path: `usr/bin/${project.name}`, data: program, isProgram: true },
    ...completionFolders.flatMap(([shell, path]) => completion(shell).map((entry) => moved(entry, path))),
    textEntry(`${documents}/copyright`, copyright(accompaniment)),
    moved(accompaniment.notices, `${documents}/${accompaniment.notices.path}`),
    zipped(textEntry('', changelog(accompaniment.seconds)), `${documents}/changelog.gz`),
    textEntry(`usr/share/lintian/overrides/${project.name}`, overrides),
  ]
}

export const toDeb = (target: Target, program: Uint8Array, accompaniment: Accompaniment): Uint8Array => {
  const { seconds } = accompaniment
  const data = dataEntries(program, accompaniment)
  const sums = data.map(({ path, data: bytes }) => `${createHash('md5').update(bytes).digest('hex')}  ${path}\n`)
  const controls = [textEntry('control', control(target, data)), textEntry('md5sums', sums.join(''))]
  // The format requires this order.
  const parts = [
    textEntry('debian-binary', '2.0\n'),
    { path: 'control.tar.gz', data: toTarGz(controls, seconds, './') },
    { path: 'data.tar.gz', data: toTarGz(data, seconds, './') },
  ]
  return toAr(parts, seconds)
}
