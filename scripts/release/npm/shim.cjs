#!/usr/bin/env node
'use strict'

// `npx nexus-claude-api` runs this file: it finds this machine's program in the optional packages, and runs it as if it
// were the program itself. It is plain CommonJS, because it runs on Node 18 without a build.

const { spawn } = require('node:child_process')
const { accessSync, constants: access, existsSync } = require('node:fs')
const { constants } = require('node:os')
const { isatty } = require('node:tty')
const { name: product, version } = require('../package.json')
const platforms = require('../platforms.json')

/** Shells return 128 plus the number of a signal. */
const signalExit = 128
const failure = 1

const isWindows = process.platform === 'win32'

const fail = (...lines) => {
  process.stderr.write(`error: ${lines.join('\n')}\n`)
  process.exit(failure)
}

/** Linux only. npm reads the same report. */
const ownLibc = () => {
  if (process.platform !== 'linux') return undefined
  if (existsSync('/etc/alpine-release')) return 'musl'
  // Otherwise the report can wait for a name server.
  process.report.excludeNetwork = true
  return process.report.getReport().header.glibcVersionRuntime === undefined ? 'musl' : 'glibc'
}

const pathOf = ({ package: packageName, program }) => {
  try {
    return require.resolve(`${packageName}/${program}`)
  } catch {
    return undefined
  }
}

const findProgram = () => {
  const libc = ownLibc()
  const kind = [process.platform, process.arch, libc].filter((part) => part !== undefined).join(' ')
  const own = platforms.find(
    ({ os, cpu, libc: wanted }) => os === process.platform && cpu === process.arch && wanted === libc,
  )
  if (own === undefined) {
    const known = platforms.map(({ package: packageName }) => packageName.split('/')[1])
    return fail(`${product} has no program for this machine (${kind}).`, `Supported: ${known.join(', ')}.`)
  }
  const path = pathOf(own)
  if (path !== undefined) return path
  const others = platforms.filter((platform) => pathOf(platform) !== undefined)
  if (others.length > 0)
    return fail(
      `The program for this machine (${kind}) is not installed:`,
      `${own.package} is missing, but ${others[0].package} is installed.`,
      'The packages were installed on another system. Install them again here:',
      'delete node_modules, then run npm install.',
    )
  return fail(
    'The program for this machine is not installed:',
    `${own.package} is missing.`,
    'It is an optional dependency. An option of npm can exclude those',
    '(--omit=optional, --no-optional, or "omit" in an .npmrc). Install them with:',
    `  npm install ${product}@${version} --include=optional`,
    'If that does not help, delete node_modules and package-lock.json first:',
    'a lock file from another system can lack the packages for this one.',
  )
}

/**
 * Whether to ignore a closed terminal. `nohup` ignores the signal, but Node resets that at its start, so this checks
 * another effect of `nohup`: standard error is not a terminal.
 */
const isHangUpIgnored = !isWindows && !isatty(2)

const failToStart = (path, { code }) =>
  fail(
    `The program cannot be started (${code}):`,
    path,
    'Delete node_modules, then run npm install here.',
    'If a policy of this machine blocks it, ask your administrator.',
  )

const run = (path, args) => {
  try {
    // Check first, because the shell below would print its own error.
    accessSync(path, access.X_OK)
  } catch (error) {
    failToStart(path, error)
  }
  // A terminal sends its signals to both processes, and a second Ctrl-C has another meaning than the first. So does a
  // console of Windows, also when it closes. There, a signal from Node kills the program at once, in mid-answer.
  const hasTerminal = isWindows || [0, 1, 2].some((descriptor) => isatty(descriptor))
  let child
  const early = []
  const pass = (signal) => {
    if (child === undefined) early.push(signal)
    else child.kill(signal)
  }
  const ignore = () => {}
  const byTerminal = hasTerminal ? ignore : pass
  process.on('SIGINT', byTerminal)
  process.on('SIGTERM', pass)
  process.on(isWindows ? 'SIGBREAK' : 'SIGQUIT', byTerminal)
  process.on('SIGHUP', isWindows || isHangUpIgnored ? ignore : pass)

  // Node starts its children with default signals, so the shell must ignore the hang-up again.
  const command = isHangUpIgnored ? ['/bin/sh', '-c', 'trap "" HUP; exec "$0" "$@"', path, ...args] : [path, ...args]
  child = spawn(command[0], command.slice(1), { stdio: 'inherit' })
  for (const signal of early) child.kill(signal)
  child.once('error', (error) => failToStart(path, error))
  child.once('exit', (code, signal) => process.exit(code ?? signalExit + constants.signals[signal]))
}

run(findProgram(), process.argv.slice(2))
