#!/usr/bin/env node
'use strict'

// What `npx nexus-claude-api` runs: finds this machine's program among the optional packages, and becomes it as far
// as Node can. CommonJS and plain: it has to run on Node 18, and as it lies here.

const { spawn } = require('node:child_process')
const { accessSync, constants: access, existsSync } = require('node:fs')
const { constants } = require('node:os')
const { isatty } = require('node:tty')
const { name: product, version } = require('../package.json')
const platforms = require('../platforms.json')

/** As shells have it for what a signal ended. */
const signalExit = 128
const failure = 1

const isWindows = process.platform === 'win32'

const fail = (...lines) => {
  process.stderr.write(`error: ${lines.join('\n')}\n`)
  process.exit(failure)
}

/** Of Linux alone; npm asks the same report. */
const ownLibc = () => {
  if (process.platform !== 'linux') return undefined
  if (existsSync('/etc/alpine-release')) return 'musl'
  // Without this it may wait for a name server.
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
    return fail(`${product} has no program for this machine (${kind}).`, `There are: ${known.join(', ')}.`)
  }
  const path = pathOf(own)
  if (path !== undefined) return path
  const others = platforms.filter((platform) => pathOf(platform) !== undefined)
  if (others.length > 0)
    return fail(
      `The program for this machine (${kind}) is not installed:`,
      `${own.package} is missing, and ${others[0].package} is here.`,
      'The packages were installed on another system. Install them here again:',
      'delete node_modules, then run npm install.',
    )
  return fail(
    'The program for this machine is not installed:',
    `${own.package} is missing.`,
    'It is an optional dependency. Was npm told to leave those out',
    '(--omit=optional, --no-optional, or "omit" in an .npmrc)? Install with them:',
    `  npm install ${product}@${version} --include=optional`,
    'If that does not help, delete node_modules and package-lock.json first:',
    'npm forgets such packages in a lock file that was made on another system.',
  )
}

/**
 * Whether a closed terminal is to end nothing. `nohup` has its signal ignored, but Node forgets that as it starts, so
 * it goes by what `nohup` leaves behind: no terminal to write to.
 */
const isHangUpLeft = !isWindows && !isatty(2)

const failToStart = (path, { code }) =>
  fail(
    `The program cannot be started (${code}):`,
    path,
    'Delete node_modules, then run npm install here.',
    'If a rule of this machine blocks it, ask whoever looks after the machine.',
  )

const run = (path, args) => {
  try {
    // The shell that may stand in between has words of its own for it.
    accessSync(path, access.X_OK)
  } catch (error) {
    failToStart(path, error)
  }
  // A terminal sends its signals to both of us, and a second Ctrl-C means more than the first. So does a console of
  // Windows, with its closing as well; and what Node sends there ends the program at once, with answers half-way.
  const hasTerminal = isWindows || [0, 1, 2].some((descriptor) => isatty(descriptor))
  let child
  const early = []
  const pass = (signal) => {
    if (child === undefined) early.push(signal)
    else child.kill(signal)
  }
  const leave = () => {}
  const byTerminal = hasTerminal ? leave : pass
  process.on('SIGINT', byTerminal)
  process.on('SIGTERM', pass)
  process.on(isWindows ? 'SIGBREAK' : 'SIGQUIT', byTerminal)
  process.on('SIGHUP', isWindows || isHangUpLeft ? leave : pass)

  // Node begins its children with the usual signals: one that is to be ignored has to be said again.
  const command = isHangUpLeft ? ['/bin/sh', '-c', 'trap "" HUP; exec "$0" "$@"', path, ...args] : [path, ...args]
  child = spawn(command[0], command.slice(1), { stdio: 'inherit' })
  for (const signal of early) child.kill(signal)
  child.once('error', (error) => failToStart(path, error))
  child.once('exit', (code, signal) => process.exit(code ?? signalExit + constants.signals[signal]))
}

run(findProgram(), process.argv.slice(2))
