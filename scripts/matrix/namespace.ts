/** A network namespace has only loopback: a client in it cannot reach another machine at all. */

const inNamespace = (command: readonly string[]): string[] => [
  ...['unshare', '--user', '--map-root-user', '--net', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh'],
  ...command,
]

const works = (): boolean => {
  try {
    return Bun.spawnSync(inNamespace(['true']), { stdio: ['ignore', 'ignore', 'ignore'] }).success
  } catch {
    // The system has no such program.
    return false
  }
}

/** The command in a namespace of its own. Undefined outside CI, and where the system cannot make one. */
export const isolated = (
  command: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  isSupported = works,
): string[] | undefined => (environment['CI'] && isSupported() ? inNamespace(command) : undefined)
