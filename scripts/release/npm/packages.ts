import { noticesName } from '../notices.ts'
import { project } from '../project.ts'
import { programName, type Target, targets } from '../targets.ts'

/**
 * The manifests of the npm packages: one has the command, and its optional dependencies have the programs. npm installs
 * only the dependency with this machine's os, cpu and libc.
 */

/**
 * One for each kind of machine. npm cannot select by AVX2, and would install two x64 packages together, so the x64
 * package has the program without AVX2. Node under emulation (Rosetta, Windows on ARM) is x64 without AVX2, too.
 */
export const npmTargets: readonly Target[] = targets.filter(({ arch, isBaseline }) => isBaseline || arch !== 'x64')

/** `@nexus-claude-api/linux-x64-musl`: the name has the machine, not the kind of program. */
export const platformPackage = ({ id }: Target): string => `@${project.name}/${id.replace(/-baseline$/, '')}`

/** `nexus-claude-api-linux-x64-1.2.3.tgz`, npm's name for it. */
export const tarballName = (packageName: string): string =>
  `${packageName.replace(/^@/, '').replace('/', '-')}-${project.version}.tgz`

type Manifest = Readonly<Record<string, unknown>>

const common: Manifest = {
  version: project.version,
  license: project.license,
  homepage: project.homepage,
  repository: { type: 'git', url: `git+${project.homepage}.git` },
  bugs: `${project.homepage}/issues`,
  // Scoped packages are private by default. Only the build machine can create provenance, so no user publishes by hand.
  publishConfig: { access: 'public', provenance: true },
}

export const shimPath = `bin/${project.name}.cjs`

/** The shim reads this file next to its manifest. */
export const platformsFile = 'platforms.json'

/** The app for other runtimes, and its types. */
export const portableFile = 'dist/portable.js'
export const portableTypesFile = 'dist/portable.d.ts'

export const wrapperManifest = (): Manifest => ({
  name: project.name,
  description: project.description,
  ...common,
  keywords: ['claude', 'claude-code', 'anthropic', 'bedrock', 'gateway'],
  type: 'module',
  bin: { [project.name]: shimPath },
  exports: {
    './fetch': { types: `./${portableTypesFile}`, default: `./${portableFile}` },
    './package.json': './package.json',
  },
  files: [shimPath, platformsFile, portableFile, portableTypesFile, noticesName],
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
  // Yarn stores packages in archives, and a program cannot run from an archive.
  preferUnplugged: true,
})

interface Platform extends Pick<Target, 'os' | 'libc'> {
  readonly cpu: Target['arch']
  readonly package: string
  readonly program: string
}

/** The platforms that the shim chooses from. */
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

Node 22, Deno, Bun and Cloudflare Workers can serve the same app by a function:
\`import { createFetch, optionsFromEnvironment } from '${project.name}/fetch'\`
(<${project.homepage}/blob/main/docs/runtimes.md>).
`

export const platformReadme = (target: Target): string => `# ${platformPackage(target)}

The program of [${project.name}](${project.homepage}) for ${target.id}. Install \`${project.name}\` instead.
`
