import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliDecompress } from 'node:zlib'
import { parseTar } from 'nanotar'
import puppeteer, { type Browser } from 'puppeteer-core'

/**
 * Headless Chromium for tests. An npm package contains the program, its libraries and a font, so that a machine needs
 * neither a browser nor a download.
 */

const packageFolder = join(fileURLToPath(import.meta.resolve('@sparticuz/chromium')), '..', '..')
const cacheFolder = join(import.meta.dir, '../../node_modules/.cache')

/** The package has one program. */
export const hasBrowser = process.platform === 'linux' && process.arch === 'x64'

const decompress = promisify(brotliDecompress)
const packed = async (name: string): Promise<Buffer> => decompress(await readFile(join(packageFolder, 'bin', name)))

const unpackTar = async (name: string, folder: string): Promise<void> => {
  for (const { name: path, type, data } of parseTar(await packed(name))) {
    if (type === 'directory') await mkdir(join(folder, path), { recursive: true })
    else if (data !== undefined) {
      await mkdir(join(folder, path, '..'), { recursive: true })
      await writeFile(join(folder, path), data)
    }
  }
}

const fontsConfiguration = (folder: string): string => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${folder}/fonts</dir>
  <cachedir>${folder}/fonts-cache</cachedir>
</fontconfig>
`

/** Unpacks the program once for each version. Several processes may do this at the same time: the first one counts. */
const unpack = async (): Promise<string> => {
  const { version }: { version: string } = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8'))
  const folder = join(cacheFolder, `chromium-${version}`)
  if (existsSync(folder)) return folder
  await mkdir(cacheFolder, { recursive: true })
  const own = await mkdtemp(`${folder}-`)
  await writeFile(join(own, 'chromium'), await packed('chromium.br'))
  await chmod(join(own, 'chromium'), 0o755)
  await unpackTar('al2023.tar.br', own)
  await unpackTar('fonts.tar.br', own)
  await writeFile(join(own, 'fonts.conf'), fontsConfiguration(folder))
  await rename(own, folder).catch(() => rm(own, { recursive: true }))
  return folder
}

/** Close the browser after the tests. */
export const openBrowser = async (): Promise<Browser> => {
  const folder = await unpack()
  return puppeteer.launch({
    executablePath: join(folder, 'chromium'),
    headless: 'shell',
    // Root has no sandbox. The package's own arguments also turn off the checks that the tests are about.
    args: ['--no-sandbox', '--disable-gpu', '--font-render-hinting=none', '--lang=en-US', '--no-proxy-server'],
    env: {
      HOME: folder,
      TZ: 'Europe/Berlin',
      LANG: 'en_US.UTF-8',
      LANGUAGE: 'en-US',
      LD_LIBRARY_PATH: join(folder, 'lib'),
      FONTCONFIG_PATH: folder,
    },
  })
}
