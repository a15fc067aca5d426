import { noticesName } from '../notices.ts'
import { project } from '../project.ts'
import { programName, type Target, targets } from '../targets.ts'

/**
 * The npm packages, as data: one with the command, whose optional dependencies hold the programs. npm installs only
 * the one whose os, cpu and libc are this machine's.
 */

/**
 * One for each kind of machine. npm cannot ask for AVX2, so on x64 it is the program that does without: two would be
 * downloaded together by everybody. Node under emulation (Rosetta, Windows on ARM) says x64 and has no AVX2, either.
 */
export const npmTargets: readonly Target[] = targets.filter(({ arch, isBaseline }) => isBaseline || arch !== 'x64')

/** `@nexus-claude-api/linux-x64-musl`: by the machine, whichever program it gets. */
export const platformPackage = ({ id }: Target): string => `@${project.name}/${id.replace(/-baseline$/, '')}`

/** `nexus-claude-api-linux-x64-1.2.3.tgz`, as npm calls it. */
export const tarballName = (packageName: string): string =>
  `${packageName.replace(/^@/, '').replace('/', '-')}-${project.version}.tgz`

type Manifest = Readonly<Record<string, unknown>>

const common: Manifest = {
  version: project.version,
  license: project.license,
  homepage: project.homepage,
  repository: { type: 'git', url: `git+${project.homepage}.git` },
  bugs: `${project.homepage}/issues`,
  // Scoped packages are private otherwise; provenance is made by the build machine alone, so nobody publishes by hand.
  publishConfig: { access: 'public', provenance: true },
}

export const shimPath = `bin/${project.name}.cjs`

/** Found by the shim beside its manifest. */
export const platformsFile = 'platforms.json'

export const wrapperManifest = (): Manifest => ({
  name: project.name,
  description: project.description,
  ...common,
  keywords: ['claude', 'claude-code', 'anthropic', 'bedrock', 'gateway'],
  bin: { [project.name]: shimPath },
  files: [shimPath, platformsFile],
  engines: { node: '>=18' },
  optionalDependencies: Object.fromEntries(npmTargets.map((target) => [platformPackage(target), project.version])),
})

export const platformManifest = (target: Target): Manifest => ({
  name: platformPackage(target),
  description: `The program of ${project.name} for ${target.id}; install ${project.name} instead`,
  ...common,
  os: [target.os],
  cpu: [target.arch],
  ...(target.libc !== undefined && { libc: [target.libc] }),
  files: [programName(target, project.name), noticesName],
  // A program cannot be run out of an archive, as Yarn keeps packages.
  preferUnplugged: true,
})

interface Platform extends Pick<Target, 'os' | 'libc'> {
  readonly cpu: Target['arch']
  readonly package: string
  readonly program: string
}

/** What the shim chooses from. */
export const platformList = (): readonly Platform[] =>
  npmTargets.map((target) => ({
    os: target.os,
    cpu: target.arch,
    ...(target.libc !== undefined && { libc: target.libc }),
    package: platformPackage(target),
    program: programName(target, project.name),
  }))

export const wrapperReadme = `# ${project.name}

${project.description}

    npx ${project.name} start

The program itself is in one of the optional packages \`@${project.name}/...\`, of which npm installs the one for this
machine. No script is run at the installation.

How it is used, and what it does: <${project.homepage}>
`

export const platformReadme = (target: Target): string => `# ${platformPackage(target)}

The program of [${project.name}](${project.homepage}) for ${target.id}. Install \`${project.name}\` instead.
`
