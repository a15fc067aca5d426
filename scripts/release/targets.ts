/** The table of all built and published programs. Archives, formulas, installers and packages come from it. */

export interface Target {
  /** `linux-x64-musl-baseline`: the part after the version in names of archives and packages. */
  readonly id: string
  /** Bun's name. */
  readonly bun: Bun.Build.CompileTarget
  /** The name in Node and npm. */
  readonly os: 'linux' | 'darwin' | 'win32'
  readonly arch: 'x64' | 'arm64'
  /** Linux only. */
  readonly libc?: 'glibc' | 'musl'
  /** For processors without AVX2, on which the other program crashes. */
  readonly isBaseline: boolean
}

export const targets: readonly Target[] = [
  { id: 'linux-x64', bun: 'bun-linux-x64', os: 'linux', arch: 'x64', libc: 'glibc', isBaseline: false },
  {
    id: 'linux-x64-baseline',
    bun: 'bun-linux-x64-baseline',
    os: 'linux',
    arch: 'x64',
    libc: 'glibc',
    isBaseline: true,
  },
  { id: 'linux-x64-musl', bun: 'bun-linux-x64-musl', os: 'linux', arch: 'x64', libc: 'musl', isBaseline: false },
  {
    id: 'linux-x64-musl-baseline',
    bun: 'bun-linux-x64-baseline-musl',
    os: 'linux',
    arch: 'x64',
    libc: 'musl',
    isBaseline: true,
  },
  { id: 'linux-arm64', bun: 'bun-linux-arm64', os: 'linux', arch: 'arm64', libc: 'glibc', isBaseline: false },
  { id: 'linux-arm64-musl', bun: 'bun-linux-arm64-musl', os: 'linux', arch: 'arm64', libc: 'musl', isBaseline: false },
  { id: 'darwin-x64', bun: 'bun-darwin-x64', os: 'darwin', arch: 'x64', isBaseline: false },
  { id: 'darwin-x64-baseline', bun: 'bun-darwin-x64-baseline', os: 'darwin', arch: 'x64', isBaseline: true },
  { id: 'darwin-arm64', bun: 'bun-darwin-arm64', os: 'darwin', arch: 'arm64', isBaseline: false },
  { id: 'windows-x64', bun: 'bun-windows-x64', os: 'win32', arch: 'x64', isBaseline: false },
  { id: 'windows-x64-baseline', bun: 'bun-windows-x64-baseline', os: 'win32', arch: 'x64', isBaseline: true },
  { id: 'windows-arm64', bun: 'bun-windows-arm64', os: 'win32', arch: 'arm64', isBaseline: false },
]

/** `nexus-claude-api`, on Windows `nexus-claude-api.exe`. */
export const programName = ({ os }: Pick<Target, 'os'>, name: string): string => (os === 'win32' ? `${name}.exe` : name)

/** `nexus-claude-api-1.2.3-linux-x64.tar.gz`. */
export const archiveName = ({ os, id }: Target, name: string, version: string): string =>
  `${name}-${version}-${id}.${os === 'win32' ? 'zip' : 'tar.gz'}`
