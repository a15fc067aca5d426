import { homepage, productName } from '../../version.ts'

/** How to upgrade this program, by its path. */

const releases = `${homepage}/releases/latest`

const packageManagers: readonly { readonly matches: (path: string) => boolean; readonly line: string }[] = [
  { matches: (path) => /\/(?:Cellar|homebrew|linuxbrew)\//i.test(path), line: `brew upgrade ${productName}` },
  { matches: (path) => /\\scoop\\apps\\/i.test(path), line: `scoop update ${productName}` },
  {
    matches: (path) => /[\\/]node_modules[\\/]/.test(path),
    line: `npm install --global ${productName}@latest`,
  },
]

/** `isFile` returns whether a file exists. */
export const upgradeLine = (ownCommand: readonly string[], isFile: (path: string) => boolean): string => {
  const [path = '', source] = ownCommand
  if (source !== undefined) return 'Update the sources: git pull'
  const manager = packageManagers.find(({ matches }) => matches(path))
  if (manager !== undefined) return `Upgrade: ${manager.line}`
  if (path.startsWith('/usr/bin/') && isFile(`/var/lib/dpkg/info/${productName}.list`))
    return `Download the .deb from ${releases}, and install it: sudo apt install ./<file>`
  if (path.startsWith('/usr/bin/')) return `Install the package for your system from ${releases}.`
  return `Run the installer again, or download the program from ${releases}.`
}
