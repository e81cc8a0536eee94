// Zoho's own SDK for Node, as it is published, against the simulator. Each
// line of TAP is one thing that programs do with it.
//
//   node run.js http://127.0.0.1:PORT DIRECTORY
import * as ZohoCRM from "@zohocrm/nodejs-sdk-8.0";
import fs from "fs";
import path from "path";

const [base, directory] = process.argv.slice(2);
let count = 0;
let failed = 0;

function ok(holds, says, seen) {
  count++;
  if (!holds) {
    failed++;
    console.log(`# seen: ${seen}`);
  }
  console.log(`${holds ? "ok" : "not ok"} ${count} - ${says}`);
}

async function tries(says, step) {
  try {
    await step(says);
  } catch (error) {
    ok(false, says, error.stack ?? JSON.stringify(error));
  }
}

async function initialize() {
  const environment = new ZohoCRM.Environment(
    base, `${base}/oauth/v2/token`, base);
  const token = new ZohoCRM.OAuthBuilder()
    .clientId("1000.SIMCLIENT")
    .clientSecret("simsecret")
    .refreshToken("1000.simrefresh")
    .build();
  const logger = new ZohoCRM.LogBuilder()
    .level(ZohoCRM.Levels.ERROR)
    .filePath(path.join(directory, "sdk.log"))
    .build();
  await (await new ZohoCRM.InitializeBuilder())
    .environment(environment)
    .token(token)
    .store(new ZohoCRM.FileStore(path.join(directory, "tokens.csv")))
    .SDKConfig(new ZohoCRM.SDKConfigBuilder()
      .autoRefreshFields(false).pickListValidation(false).build())
    .resourcePath(directory)
    .logger(logger)
    .initialize();
}

const { Record: R, Coql, BulkRead, Notifications, Modules, Fields } = ZohoCRM;
let first = null;

await tries("the SDK can be initialized", async (says) => {
  await initialize();
  ok(true, says);
});

await tries("records are read page by page with a token", async (says) => {
  const seen = new Set();
  let token = null;
  let pages = 0;
  do {
    const params = new ZohoCRM.ParameterMap();
    const P = R.GetRecordsParam;
    await params.add(P.FIELDS, "Last_Name,Email,Modified_Time,Account_Name");
    await params.add(P.PER_PAGE, 100);
    if (token !== null) await params.add(P.PAGE_TOKEN, token);
    const answer = await new R.RecordOperations("Contacts").getRecords(params);
    const body = answer.getObject();
    for (const one of body.getData()) seen.add(String(one.getId()));
    first = first ?? body.getData()[0];
    token = body.getInfo().getMoreRecords()
      ? body.getInfo().getNextPageToken() : null;
    pages++;
  } while (token !== null && pages < 50);
  ok(seen.size === 250 && pages === 3, says, `${seen.size} in ${pages}`);
});

await tries("one record is read with all its fields", async (says) => {
  const answer = await new R.RecordOperations("Contacts")
    .getRecord(first.getId());
  const one = answer.getObject().getData()[0];
  ok(one.getKeyValue("Last_Name") === first.getKeyValue("Last_Name") &&
    one.getModifiedTime() instanceof Date, says, JSON.stringify(one));
});

await tries("a record with a subform is read", async (says) => {
  const params = new ZohoCRM.ParameterMap();
  await params.add(R.GetRecordsParam.FIELDS, "Subject");
  await params.add(R.GetRecordsParam.PER_PAGE, 1);
  const operations = new R.RecordOperations("Sales_Orders");
  const list = (await operations.getRecords(params)).getObject();
  const id = list.getData()[0].getId();
  const one = (await operations.getRecord(id)).getObject().getData()[0];
  const items = one.getKeyValue("Ordered_Items");
  ok(items.length > 0 && items[0].getKeyValue("Quantity") > 0, says,
    JSON.stringify(items));
});

await tries("an upsert inserts and then updates", async (says) => {
  const actions = [];
  for (const company of ["One Ltd", "Two Ltd"]) {
    const record = new R.Record();
    record.addKeyValue("Last_Name", "Sdkword");
    record.addKeyValue("Company", company);
    record.addKeyValue("External_Key", "sdk-key-x");
    const body = new R.BodyWrapper();
    body.setData([record]);
    body.setDuplicateCheckFields(["External_Key"]);
    body.setTrigger([]);
    const answer = await new R.RecordOperations("Leads").upsertRecords(body);
    const done = answer.getObject().getData()[0];
    actions.push(done.getAction().getValue?.() ?? done.getAction());
  }
  ok(actions.join() === "insert,update", says, actions.join());
});

await tries("a mandatory field that is missing is refused", async (says) => {
  const record = new R.Record();
  record.addKeyValue("Company", "Nameless Ltd");
  const body = new R.BodyWrapper();
  body.setData([record]);
  try {
    const answer = await new R.RecordOperations("Leads").createRecords(body);
    const done = answer.getObject().getData()[0];
    ok(done.getCode().getValue() === "MANDATORY_NOT_FOUND", says,
      done.getCode().getValue());
  } catch (error) { // the SDK itself reads the metadata and may say so first
    ok(/MANDATORY/.test(JSON.stringify(error) + error.code), says, error);
  }
});

await tries("a search finds what was written", async (says) => {
  const params = new ZohoCRM.ParameterMap();
  await params.add(R.SearchRecordsParam.CRITERIA,
    "(External_Key:equals:sdk-key-x)");
  const answer = await new R.RecordOperations("Leads").searchRecords(params);
  const rows = answer.getObject().getData();
  ok(rows.length === 1 && rows[0].getKeyValue("Company") === "Two Ltd", says,
    rows.length);
});

await tries("COQL answers rows", async (says) => {
  const body = new Coql.BodyWrapper();
  body.setSelectQuery("select id, Last_Name from Leads where " +
    "External_Key = 'sdk-key-x' limit 10");
  const answer = await new Coql.CoqlOperations().getRecords(body);
  const rows = answer.getObject().getData();
  ok(rows.length === 1 && rows[0].getKeyValue("Last_Name") === "Sdkword",
    says, JSON.stringify(rows));
});

await tries("a bulk read is made, polled and downloaded", async (says) => {
  const operations = new BulkRead.BulkReadOperations();
  const module = new Modules.MinifiedModule();
  module.setAPIName("Contacts");
  const query = new BulkRead.Query();
  query.setModule(module);
  query.setFields(["id", "Last_Name", "Modified_Time"]);
  const body = new BulkRead.BodyWrapper();
  body.setQuery(query);
  const made = (await operations.createBulkReadJob(body)).getObject();
  const id = made.getData()[0].getDetails().get("id");
  let job;
  for (let i = 0; i < 50; i++) {
    job = (await operations.getBulkReadJobDetails(BigInt(id)))
      .getObject().getData()[0];
    if (job.getState().getValue() === "COMPLETED") break;
    await new Promise((wake) => setTimeout(wake, 50));
  }
  const answer = await operations.downloadResult(BigInt(id));
  const file = (await answer.getObject()).getFile();
  const bytes = Buffer.from(file.getStream());
  ok(Number(job.getResult().getCount()) === 250 &&
    bytes.subarray(0, 2).toString() === "PK", says,
    `${job.getResult().getCount()} ${bytes.length}`);
});

await tries("a channel is made, listed and ended", async (says) => {
  const operations = new Notifications.NotificationsOperations();
  const watch = new Notifications.Notification();
  watch.setChannelId("1000000068001");
  watch.setEvents(["Leads.all"]);
  watch.setToken("secret");
  watch.setNotifyUrl("https://mirror.example.com/notify");
  watch.setChannelExpiry(new Date(Date.now() + 86400000));
  const body = new Notifications.BodyWrapper();
  body.setWatch([watch]);
  const made = (await operations.enableNotifications(body)).getObject();
  const list = (await operations.getNotifications()).getObject();
  const params = new ZohoCRM.ParameterMap();
  await params.add(Notifications.DeleteNotificationParam.CHANNEL_IDS,
    "1000000068001");
  const ended = (await operations.deleteNotification(params)).getObject();
  ok(made.getWatch()[0].getCode().getValue() === "SUCCESS" &&
    String(list.getWatch()[0].getChannelId()) === "1000000068001" &&
    ended.getWatch()[0].getCode().getValue() === "SUCCESS", says,
    JSON.stringify(made));
});

console.log(`1..${count}`);
process.exit(failed === 0 ? 0 : 1);
