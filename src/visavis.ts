/** The commands beside the server: `visavis <command> …`. */
import { probeCommand, probeUsage } from './probe-command.ts'
import { verifyCommand, verifyUsage } from './verify-command.ts'

const commands = { probe: probeCommand, verify: verifyCommand }
const [name = '', ...args] = process.argv.slice(2)

if (Object.hasOwn(commands, name)) process.exitCode = await commands[name as keyof typeof commands](args, console.log)
else {
  console.log(`${verifyUsage}\n\n${probeUsage}`)
  process.exitCode = name === '' || name === '--help' ? 0 : 2
}
