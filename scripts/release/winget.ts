import { type Entry, textEntry } from './archive.ts'
import { project } from './project.ts'
import type { Managed, Published } from './published.ts'
import { folderName } from './release-contents.ts'
import { programName } from './targets.ts'

/** The newest version that every supported winget reads. */
const manifestVersion = '1.10.0'

/** Windows 10 of 2018, the oldest on which Bun starts. */
const leastWindows = '10.0.17763.0'

/** `NexusClaudeApi.NexusClaudeApi`: publisher and program. */
const identifier = project.repository
  .split('/')
  .map((part) => part.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase()))
  .join('.')

type Value = string | readonly Value[] | { readonly [key: string]: Value }

/** The subset of YAML for a manifest. Quotes every text, so that a version is not a number. */
const lines = (value: Value): string[] => {
  if (typeof value === 'string') return [JSON.stringify(value)]
  if (Array.isArray(value))
    return value.flatMap((member: Value) =>
      lines(member).map((line, index) => (index === 0 ? `- ${line}` : `  ${line}`)),
    )
  return Object.entries(value).flatMap(([key, member]) =>
    typeof member === 'string'
      ? [`${key}: ${lines(member)}`]
      : [`${key}:`, ...lines(member).map((line) => `  ${line}`)],
  )
}

const manifest = (kind: string, suffix: string, fields: { readonly [key: string]: Value }): Entry =>
  textEntry(
    `${identifier}${suffix}.yaml`,
    `# yaml-language-server: $schema=https://aka.ms/winget-manifest.${kind.toLowerCase()}.${manifestVersion}.schema.json\n\n${lines(
      {
        PackageIdentifier: identifier,
        PackageVersion: project.version,
        ...fields,
        ManifestType: kind,
        ManifestVersion: manifestVersion,
      },
    ).join('\n')}\n`,
  )

const installer = (architecture: string, { url, sha256, target }: Published): Value => ({
  Architecture: architecture,
  InstallerUrl: url,
  InstallerSha256: sha256.toUpperCase(),
  NestedInstallerFiles: [
    {
      RelativeFilePath: `${folderName(target)}\\${programName(target, project.name)}`,
      PortableCommandAlias: project.name,
    },
  ],
})

/** The three files of a version, for one folder of winget's repository. */
export const wingetManifests = ({ windowsIntel, windowsArm }: Managed, seconds: number): Entry[] => {
  const [brief = '', more = ''] = project.description.split(': ')
  const locale = 'en-US'
  return [
    manifest('version', '', { DefaultLocale: locale }),
    manifest('installer', '.installer', {
      InstallerType: 'zip',
      NestedInstallerType: 'portable',
      MinimumOSVersion: leastWindows,
      Commands: [project.name],
      ReleaseDate: new Date(seconds * 1000).toISOString().slice(0, 10),
      Installers: [installer('x64', windowsIntel), installer('arm64', windowsArm)],
    }),
    manifest('defaultLocale', `.locale.${locale}`, {
      PackageLocale: locale,
      Publisher: `The ${project.name} authors`,
      PublisherUrl: project.homepage,
      PublisherSupportUrl: `${project.homepage}/issues`,
      PackageName: project.name,
      PackageUrl: project.homepage,
      License: project.license,
      LicenseUrl: `${project.homepage}/blob/v${project.version}/LICENSE`,
      ShortDescription: `${brief}.`,
      Description: more,
      Moniker: project.name,
      Tags: ['claude', 'cli'],
      ReleaseNotesUrl: `${project.homepage}/releases/tag/v${project.version}`,
    }),
  ]
}
