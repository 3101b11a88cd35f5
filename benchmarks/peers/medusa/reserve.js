// Clients that reserve through Medusa's inventory module, by its own function and without HTTP.
//
//     node reserve.js URL furnish
//     node reserve.js URL SECONDS CLIENTS
//
// Tells on standard output, as JSON, how many reservations were made in how long, and the CPU it took.

const path = require("path");
const { MedusaApp } = require("@medusajs/framework/modules-sdk");
const {
  ContainerRegistrationKeys,
  Modules,
  ModulesSdkUtils,
} = require("@medusajs/framework/utils");

const ITEMS = 200;
const PLENTY = 1e8;
const LOCATION = "warehouse";
const MODULE = "@medusajs/inventory";

async function loaded(url) {
  const database = { clientUrl: url, driverOptions: {} };
  const app = await MedusaApp({
    modulesConfig: { [Modules.INVENTORY]: { resolve: MODULE, options: { database } } },
    injectedDependencies: {
      [ContainerRegistrationKeys.PG_CONNECTION]: ModulesSdkUtils.createPgConnection(database),
    },
  });
  return app.modules[Modules.INVENTORY];
}

async function furnish(url) {
  const options = { database: { clientUrl: url, driverOptions: {} } };
  const pathToMigrations = path.join(path.dirname(require.resolve(MODULE)), "migrations");
  const migrate = ModulesSdkUtils.buildMigrationScript({ moduleName: "inventory", pathToMigrations });
  await migrate({ options, logger: { info() {}, error: console.error } });
  const inventory = await loaded(url);
  const skus = Array.from({ length: ITEMS }, (_, number) => ({ sku: `SKU-${number}` }));
  const items = await inventory.createInventoryItems(skus);
  const level = (item) => ({
    inventory_item_id: item.id,
    location_id: LOCATION,
    stocked_quantity: PLENTY,
  });
  await inventory.createInventoryLevels(items.map(level));
}

async function client(inventory, items, until) {
  let count = 0;
  while (performance.now() < until) {
    const item = items[Math.floor(Math.random() * items.length)];
    const asked = { inventory_item_id: item.id, location_id: LOCATION, quantity: 1 };
    await inventory.createReservationItems([asked]);
    count += 1;
  }
  return count;
}

async function reserve(url, seconds, clients) {
  const inventory = await loaded(url);
  const items = await inventory.listInventoryItems({}, { take: ITEMS });
  await client(inventory, items, performance.now() + 500);
  const began = performance.now();
  const before = process.cpuUsage();
  const running = Array.from({ length: clients }, () =>
    client(inventory, items, began + seconds * 1000)
  );
  const counts = await Promise.all(running);
  const used = process.cpuUsage(before);
  const placed = counts.reduce((sum, count) => sum + count, 0);
  const elapsed = (performance.now() - began) / 1000;
  process.stdout.write(`\n${JSON.stringify({ placed, elapsed, cpu: (used.user + used.system) / 1e6 })}\n`);
}

async function main() {
  const [url, what, clients] = process.argv.slice(2);
  await (what === "furnish" ? furnish(url) : reserve(url, Number(what), Number(clients)));
  process.exit(0);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
