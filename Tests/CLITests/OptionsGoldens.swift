// Whole documents for OptionsJSONTests: options in, and what `k6 inspect` v1.1.0 printed for them.

enum OptionsGoldens {
    static let everything = #"""
        {"vus":3,"duration":"1m30s","iterations":12,"executionSegment":"0:1/4",
        "executionSegmentSequence":"0,25%,1","noSetup":true,"noTeardown":false,"setupTimeout":"10s",
        "teardownTimeout":1500.5,"rps":7,"dns":{"ttl":"1m","select":"roundRobin","policy":"any"},"maxRedirects":4,
        "userAgent":"x<y>&","batch":3,"batchPerHost":2,"httpDebug":"full","insecureSkipTLSVerify":true,
        "tlsCipherSuites":["TLS_RSA_WITH_RC4_128_SHA","TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305"],
        "tlsVersion":{"min":"tls1.1","max":"tls1.3"},"throw":true,
        "thresholds":{"http_req_duration{a:<b}":["p(95)<200",
        {"threshold":"avg>1","abortOnFail":true,"delayAbortEval":"10s"}],"checks":["rate>0.9"],"a":[],
        "iterations":[{"threshold":"count>1","abortOnFail":false}],"b":null},
        "blacklistIPs":["10.0.0.1/8","::1/64"],"blockHostnames":["*.Foo.com","bar.com"],
        "hosts":{"b.com":"1.2.3.4","a.com:80":"1.2.3.4:8080","*.x.com":"::1","z.com":"[::1]:80"},
        "noConnectionReuse":true,"noVUConnectionReuse":false,"minIterationDuration":200,
        "cloud":{"projectID":1,"name":"n<"},"ext":{"loadimpact":{"a":1,"b":{"c":"d"}},"foo":1},
        "summaryTrendStats":["avg","p(99.9)","count"],"summaryTimeUnit":"ms",
        "systemTags":["url","vu","iter","status"],"tags":{"b":"1","a":"<2>"},"metricSamplesBufferSize":12,
        "noCookiesReset":true,"discardResponseBodies":true,"paused":false}
        """#

    static let everythingPrinted = #"""
        {
          "paused": false,
          "vus": 3,
          "duration": "1m30s",
          "iterations": 12,
          "stages": null,
          "scenarios": null,
          "executionSegment": "0:1/4",
          "executionSegmentSequence": "0,1/4,1",
          "noSetup": true,
          "setupTimeout": "10s",
          "noTeardown": false,
          "teardownTimeout": "1.5005s",
          "rps": 7,
          "dns": {
            "ttl": "1m",
            "select": "roundRobin",
            "policy": "any"
          },
          "maxRedirects": 4,
          "userAgent": "x\u003cy\u003e\u0026",
          "batch": 3,
          "batchPerHost": 2,
          "httpDebug": "full",
          "insecureSkipTLSVerify": true,
          "tlsCipherSuites": [
            "TLS_RSA_WITH_RC4_128_SHA",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305"
          ],
          "tlsVersion": {
            "min": "tls1.1",
            "max": "tls1.3"
          },
          "tlsAuth": null,
          "throw": true,
          "thresholds": {
            "a": [],
            "b": [],
            "checks": [
              "rate\u003e0.9"
            ],
            "http_req_duration{a:\u003cb}": [
              "p(95)\u003c200",
              {
                "threshold": "avg\u003e1",
                "abortOnFail": true,
                "delayAbortEval": "10s"
              }
            ],
            "iterations": [
              "count\u003e1"
            ]
          },
          "blacklistIPs": [
            "10.0.0.0/8",
            "::/64"
          ],
          "blockHostnames": [
            "*.Foo.com",
            "bar.com"
          ],
          "hosts": {
            "*.x.com": "::1",
            "a.com:80": "1.2.3.4:8080",
            "b.com": "1.2.3.4",
            "z.com": "[::1]:80"
          },
          "noConnectionReuse": true,
          "noVUConnectionReuse": false,
          "minIterationDuration": "200ms",
          "cloud": {
            "name": "n\u003c",
            "projectID": 1
          },
          "ext": {
            "foo": 1,
            "loadimpact": {
              "a": 1,
              "b": {
                "c": "d"
              }
            }
          },
          "summaryTrendStats": [
            "avg",
            "p(99.9)",
            "count"
          ],
          "summaryTimeUnit": "ms",
          "systemTags": [
            "iter",
            "status",
            "url",
            "vu"
          ],
          "tags": {
            "a": "\u003c2\u003e",
            "b": "1"
          },
          "metricSamplesBufferSize": 12,
          "noCookiesReset": true,
          "discardResponseBodies": true
        }
        """#

    static let executors = #"""
        {"scenarios":{"z":{"executor":"shared-iterations","vus":2,"iterations":5,"maxDuration":"10s",
        "startTime":"3s","gracefulStop":"1s","exec":"foo","env":{"B":"1","A":"2"},"tags":{"x":"y"},
        "options":{"browser":{"type":"chromium"}}},"a":{"executor":"per-vu-iterations"},
        "b":{"executor":"constant-vus","duration":"5s"},
        "c":{"executor":"ramping-vus","stages":[{"duration":"5s","target":3},{"duration":"0","target":0}]},
        "d":{"executor":"constant-arrival-rate","rate":5,"duration":"5s","preAllocatedVUs":3},
        "e":{"executor":"ramping-arrival-rate","stages":[{"target":3,"duration":"5s"}],"preAllocatedVUs":3,
        "maxVUs":9,"startRate":2,"timeUnit":"1m"},
        "f":{"executor":"externally-controlled","vus":2,"maxVUs":5,"duration":"7s"}},"stages":null}
        """#

    static let executorsPrinted = #"""
          "scenarios": {
            "a": {
              "executor": "per-vu-iterations",
              "startTime": null,
              "gracefulStop": null,
              "env": null,
              "exec": null,
              "tags": null,
              "vus": null,
              "iterations": null,
              "maxDuration": null
            },
            "b": {
              "executor": "constant-vus",
              "startTime": null,
              "gracefulStop": null,
              "env": null,
              "exec": null,
              "tags": null,
              "vus": null,
              "duration": "5s"
            },
            "c": {
              "executor": "ramping-vus",
              "startTime": null,
              "gracefulStop": null,
              "env": null,
              "exec": null,
              "tags": null,
              "startVUs": null,
              "stages": [
                {
                  "duration": "5s",
                  "target": 3
                },
                {
                  "duration": "0s",
                  "target": 0
                }
              ],
              "gracefulRampDown": null
            },
            "d": {
              "executor": "constant-arrival-rate",
              "startTime": null,
              "gracefulStop": null,
              "env": null,
              "exec": null,
              "tags": null,
              "rate": 5,
              "timeUnit": null,
              "duration": "5s",
              "preAllocatedVUs": 3,
              "maxVUs": null
            },
            "e": {
              "executor": "ramping-arrival-rate",
              "startTime": null,
              "gracefulStop": null,
              "env": null,
              "exec": null,
              "tags": null,
              "startRate": 2,
              "timeUnit": "1m0s",
              "stages": [
                {
                  "duration": "5s",
                  "target": 3
                }
              ],
              "preAllocatedVUs": 3,
              "maxVUs": 9
            },
            "f": {
              "executor": "externally-controlled",
              "startTime": null,
              "gracefulStop": null,
              "env": null,
              "exec": null,
              "tags": null,
              "vus": 2,
              "duration": "7s",
              "maxVUs": 5
            },
            "z": {
              "executor": "shared-iterations",
              "startTime": "3s",
              "gracefulStop": "1s",
              "env": {
                "A": "2",
                "B": "1"
              },
              "exec": "foo",
              "tags": {
                "x": "y"
              },
              "options": {
                "browser": {
                  "type": "chromium"
                }
              },
              "vus": 2,
              "iterations": 5,
              "maxDuration": "10s"
            }
          },
        """#

    static let inTest = #"""
        {"scenarios":{"z":{"executor":"shared-iterations","vus":1,"iterations":1,"maxDuration":"10s",
        "gracefulStop":"1s","exec":"foo","env":{"B":"1","A":"2"},"tags":{"x":"y"}},
        "c":{"executor":"ramping-vus","exec":"foo2","stages":[{"duration":"1s","target":1}]}},
        "noTeardown":false,"setupTimeout":"10s","rps":7,"dns":{"ttl":"1m","select":"roundRobin","policy":"any"},
        "maxRedirects":4,"userAgent":"x<y>&","batch":3,"insecureSkipTLSVerify":true,
        "tlsCipherSuites":["TLS_RSA_WITH_RC4_128_SHA"],"tlsVersion":{"min":"tls1.1","max":"tls1.3"},"throw":true,
        "thresholds":{"http_reqs{a:<b}":["count>=0",
        {"threshold":"rate>=0","abortOnFail":true,"delayAbortEval":"10s"}]},
        "blacklistIPs":["10.0.0.1/8","::1/64"],"blockHostnames":["*.Foo.com","bar.com"],
        "hosts":{"b.com":"1.2.3.4","a.com:80":"1.2.3.4:8080"},"minIterationDuration":1,
        "cloud":{"projectID":1,"name":"n<"},"ext":{"loadimpact":{"a":1,"b":{"c":"d"}},"foo":1},
        "summaryTimeUnit":"ms","tags":{"b":"1","a":"<2>"},"executionSegment":"0:1","noCookiesReset":true,
        "httpDebug":""}
        """#

    /// What `JSON.stringify(exec.test.options)` gave in an iteration, with line breaks added.
    static let inTestSeen = #"""
        {"paused":null,"scenarios":{"c":{"executor":"ramping-vus","startTime":null,"gracefulStop":null,
        "env":null,"exec":"foo2","tags":null,"startVUs":null,"stages":[{"duration":"1s","target":1}],
        "gracefulRampDown":null},"z":{"executor":"shared-iterations","startTime":null,"gracefulStop":"1s",
        "env":{"A":"2","B":"1"},"exec":"foo","tags":{"x":"y"},"vus":1,"iterations":1,
        "maxDuration":"10s"}},"executionSegment":"0:1","executionSegmentSequence":null,"noSetup":null,
        "setupTimeout":"10s","noTeardown":false,"teardownTimeout":null,"rps":7,"dns":{"ttl":"1m",
        "select":"roundRobin","policy":"any"},"maxRedirects":4,"userAgent":"x<y>&","batch":3,
        "batchPerHost":null,"httpDebug":"","insecureSkipTLSVerify":true,
        "tlsCipherSuites":["TLS_RSA_WITH_RC4_128_SHA"],"tlsVersion":{"min":"tls1.1","max":"tls1.3"},
        "tlsAuth":null,"throw":true,"thresholds":{"http_reqs{a:<b}":["count>=0",{"threshold":"rate>=0",
        "abortOnFail":true,"delayAbortEval":"10s"}]},"blacklistIPs":["10.0.0.0/8","::/64"],
        "blockHostnames":["*.Foo.com","bar.com"],"hosts":{"a.com:80":"1.2.3.4:8080","b.com":"1.2.3.4"},
        "noConnectionReuse":null,"noVUConnectionReuse":null,"minIterationDuration":"1ms",
        "cloud":{"name":"n<","projectID":1},"ext":{"foo":1,"loadimpact":{"a":1,"b":{"c":"d"}}},
        "summaryTrendStats":["avg","min","med","max","p(90)","p(95)"],"summaryTimeUnit":"ms",
        "systemTags":["check","error","error_code","expected_response","group","method","name","proto",
        "scenario","service","status","subproto","tls_version","url"],"tags":{"a":"<2>","b":"1"},
        "metricSamplesBufferSize":null,"noCookiesReset":true,"discardResponseBodies":null,
        "consoleOutput":null,"localIPs":null}
        """#
}
