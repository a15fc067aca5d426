import { homepage, productName } from '../../version.ts'

/** How this very program is brought up to date, by where it lies. */

const releases = `${homepage}/releases/latest`

const ways: readonly { readonly isMeant: (path: string) => boolean; readonly line: string }[] = [
  { isMeant: (path) => /\/(?:Cellar|homebrew|linuxbrew)\//i.test(path), line: `brew upgrade ${productName}` },
  { isMeant: (path) => /\\scoop\\apps\\/i.test(path), line: `scoop update ${productName}` },
  {
    isMeant: (path) => /[\\/]node_modules[\\/]/.test(path),
    line: `npm install --global ${productName}@latest`,
  },
]

/** `isFile` tells whether one is there. */
export const upgradeLine = (ownCommand: readonly string[], isFile: (path: string) => boolean): string => {
  const [path = '', source] = ownCommand
  if (source !== undefined) return 'Get the newer sources: git pull'
  const way = ways.find(({ isMeant }) => isMeant(path))
  if (way !== undefined) return `Upgrade: ${way.line}`
  if (path.startsWith('/usr/bin/') && isFile(`/var/lib/dpkg/info/${productName}.list`))
    return `Take the .deb from ${releases}, and upgrade: sudo apt install ./<file>`
  if (path.startsWith('/usr/bin/')) return `Take the package for your system from ${releases}.`
  return `Run the installer again, or take the program from ${releases}.`
}
