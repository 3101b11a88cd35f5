// A shop that nobody sees: Medusa's own server, for the benchmarks to send reservations to.

const { defineConfig } = require("@medusajs/framework/utils");

module.exports = defineConfig({
  admin: { disable: true },
  projectConfig: {
    databaseUrl: process.env.DATABASE_URL,
    databaseDriverOptions: {},
    http: { jwtSecret: "bench", cookieSecret: "bench", storeCors: "", adminCors: "", authCors: "" },
  },
});
