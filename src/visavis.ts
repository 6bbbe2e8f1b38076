/** The commands beside the server: `visavis <command> …`. */
import { capacityCommand, capacityUsage } from './capacity-command.ts'
import { probeCommand, probeUsage } from './probe-command.ts'
import { verifyCommand, verifyUsage } from './verify-command.ts'

const commands = { capacity: capacityCommand, probe: probeCommand, verify: verifyCommand }
const [name = '', ...args] = process.argv.slice(2)

if (Object.hasOwn(commands, name)) process.exitCode = await commands[name as keyof typeof commands](args, console.log)
else {
  console.log(`${verifyUsage}\n\n${probeUsage}\n\n${capacityUsage}`)
  process.exitCode = name === '' || name === '--help' ? 0 : 2
}
