// Start Seam's own fake on a free port, seeded, with TTLock devices. Prints one line: {"url": ..., "key": ...}.
// Usage: node fake_seam.mjs PATH_TO_node_modules. Ends when its standard input closes, so it cannot outlive the tests.
import { join } from "node:path"
import { pathToFileURL } from "node:url"

const entry = join(process.argv[2], "@seamapi", "fake-seam-connect", "dist", "index.js")
const { createFake } = await import(pathToFileURL(entry).href)

const fake = await createFake()
const seed = await fake.seed()

const ttlock = {
  device_type: "ttlock_lock",
  connected_account_id: seed.jane_connected_account_id,
  workspace_id: seed.seed_workspace_1,
  can_remotely_lock: true,
  can_program_online_access_codes: true,
}
const properties = {
  online: true,
  locked: true,
  manufacturer: "ttlock",
  battery: { level: 0.86, status: "good" },
  battery_level: 0.86,
  supported_code_lengths: [4, 6, 8],
}
fake.database.addDevice({
  ...ttlock,
  device_id: "ttlock_device_1",
  name: "Office Lock",
  can_remotely_unlock: true,
  properties: { ...properties, name: "Office Lock", appearance: { name: "Office Lock" } },
})
fake.database.addDevice({
  ...ttlock,
  device_id: "ttlock_device_2",
  name: "Store Room",
  can_remotely_unlock: false,
  properties: { ...properties, name: "Store Room", appearance: { name: "Store Room" } },
  warnings: [
    {
      warning_code: "ttlock_lock_gateway_unlocking_not_enabled",
      message: "Remote Unlock is not enabled for this lock.",
      created_at: "2026-01-05T10:00:00.000Z",
    },
  ],
})
for (const [number, name] of [[3, "East Gate"], [4, "West Gate"]]) {
  fake.database.addDevice({
    ...ttlock,
    device_id: `ttlock_device_${number}`,
    name,
    can_remotely_unlock: true,
    properties: { ...properties, name, appearance: { name } },
  })
}

await fake.startServer({ port: Number(process.env.PORT ?? 0) })
// fake.serverUrl repeats the port that was asked for, which is 0.
const { port } = fake.server.server.address()
console.log(JSON.stringify({ url: `http://localhost:${port}`, key: seed.seam_apikey1_token }))
process.stdin.resume()
process.stdin.on("end", () => process.exit(0))
