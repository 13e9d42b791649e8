console.log("nolfet");
